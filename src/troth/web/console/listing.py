"""What every list of requests on the console offers: filters to choose from, and acts on what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from troth.regimes import regimes
from troth.requests.desk.bulk import BULK_ACTS
from troth.requests.desk.filters import NOBODY
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.web.console.filtering import mark
from troth.web.console.seeing import colleagues, decides, sees_names
from troth.web.visit import Visit


@dataclass(frozen=True)
class Choices:
    """What somebody may filter by, and do with what they choose."""

    states: tuple[str, ...]
    kinds: tuple[str, ...]
    laws: tuple[str, ...]
    colleagues: tuple[tuple[str, str], ...]
    """Each with the mark that stands for them in an address."""
    nobody: str
    names: bool
    acts: tuple[str, ...]


def choices(visit: Visit) -> Choices:
    """What the list offers to whoever is signed in."""
    return Choices(
        states=tuple(State),
        kinds=tuple(Kind),
        laws=regimes(),
        colleagues=tuple((mark(one), one) for one in colleagues(visit)),
        nobody=NOBODY,
        names=sees_names(visit),
        acts=BULK_ACTS if decides(visit) else (),
    )
