"""One request, several deadlines."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.period import Period
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{clause}` says {period}, `requests.within` says {general}",
        "zh": "`{clause}`写的是{period}，`requests.within`写的是{general}",
    },
    hint={
        "en": "state one deadline; until then the strictest counts",
        "zh": "请只写一个期限；在此之前以最严格的为准",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A right states another period than `requests.within`, or the contacts do."""
    general = policy.requests.within
    if general is None:
        return
    for right in policy.rights.values():
        yield from _other(right.within, general, f"rights.{right.id}.within")
    yield from _other(policy.controller.contacts.within, general, "controller.contacts.within")


def _other(period: Period | None, general: Period, clause: str) -> Iterator[Found]:
    if period is not None and period != general:
        yield SAYS.at(clause, clause=clause, period=period, general=general)


RULE = Rule("deadlines-disagree", "note", find)
