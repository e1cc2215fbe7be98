"""A shop and a Troth on two addresses, over real sockets, and a browser between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from tests.support.chromium import chromium as started
from tests.web.banner.shop import Shop
from tests.web.banner.site import RESOLVING, Site, site
from tests.web.served import served
from troth.base.clock import SettableClock
from troth.base.work import Entropy


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with started(RESOLVING) as found:
        yield found


@pytest.fixture
def there(own: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Site:
    """The same without sockets: for what programs can send."""
    return site(own, tmp_path, clock, entropy, Shop(), "https://shop.example")


@pytest.fixture
def here(own: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Iterator[Site]:
    shop = Shop()
    with served(shop.application()) as origin:
        made = site(own, tmp_path, clock, entropy, shop, origin)
        with served(made.web) as home:
            shop.home = home
            yield made
