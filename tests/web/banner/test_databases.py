"""What the banner writes and reads is the same on every database that Troth runs on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.web.banner.caller import Caller
from tests.web.banner.shop import NEW_PURPOSE, SIGNAL, Shop
from tests.web.banner.site import site
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.journal.service import verify


def test_a_visitors_whole_story(engine: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> None:
    made = site(engine, tmp_path, clock, entropy, Shop(), "https://shop.example")
    caller = Caller(made)
    caller.choose({"ads": "given", "analytics": "refused"}, layer="first")
    clock.advance(timedelta(days=1))
    caller.choose(gpc=True)
    made.publish(SIGNAL, NEW_PURPOSE)
    assert caller.standing()["ask"] == ["research"]
    caller.choose({"research": "given", "analytics": "given"}, gpc=True)
    assert caller.standing()["states"] == {"ads": "withdrawn", "analytics": "given", "research": "given"}
    assert made.chosen() == [
        ("ads", "given"),
        ("analytics", "refused"),
        ("ads", "withdrawn"),
        ("analytics", "given"),
        ("research", "given"),
    ]
    with made.app.begin() as work:
        size = verify(work, (made.app.signer.vkey,)).size
    entries = [event.entry for event in made.events()]
    assert entries == sorted(set(entries)), "each has a place of its own in the journal"
    assert max(entries) < size
