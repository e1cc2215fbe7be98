"""Who is too young, and what holds for children."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Band
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, number, pair
from troth.policy.promises.words import BANDS

_CONTROLS = {"barred": "minor-barred", "guardian": "guardian-consent"}


def find(teller: Teller) -> Iterator[Derived]:
    """The age, the bands below it and further limits."""
    minors = teller.policy.minors
    if minors is None:
        return
    yield teller.promise(
        "minors.rule", _CONTROLS[minors.rule],
        "未满{age}周岁的人{rule}。",
        "People below {age} {rule}.", age=number(minors.below), rule=pair(BANDS[minors.rule]),
    )  # fmt: skip
    for name, band in sorted(minors.bands.items()):
        zh, en = _ages(band)
        yield teller.promise(
            f"minors.bands.{name}", _CONTROLS.get(band.rule, "age-band-choice"),
            f"{zh}的人{{rule}}。", f"People {en} {{rule}}.", rule=pair(BANDS[band.rule]),
        )  # fmt: skip
    for name, text in sorted(minors.limits.items()):
        yield teller.own(f"minors.limits.{name}", None, text)


def _ages(band: Band) -> tuple[str, str]:
    zh, en = (f"{band.below}周岁及以下", f"of {band.below} or younger") if band.inclusive else (
        f"未满{band.below}周岁", f"below {band.below}"
    )  # fmt: skip
    if band.at_least is not None:
        return f"满{band.at_least}周岁、{zh}", f"from {band.at_least} on and {en}"
    return zh, en
