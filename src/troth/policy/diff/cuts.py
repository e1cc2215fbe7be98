"""When the change of one value is a cut: of a right, or of the promise not to keep data for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from troth.base.errors import InputError
from troth.base.period import parse_period
from troth.policy.diff.walk import Make
from troth.policy.sections.keeping import Retention
from troth.policy.sections.rights import Agents, Exemption, Fairness, Fee, Frequency, Ground, Requests, Right, Tier
from troth.policy.yaml_reader import Json

Rule = Callable[[Json, Json], bool]
"""Whether the new value is less than the old one was."""


def _longer(old: Json, new: Json) -> bool:
    """A period that is longer, or of another unit so that it may be."""
    try:
        one, other = parse_period(str(old)), parse_period(str(new))
    except InputError:  # a word such as `unstated` stands for no end
        return new == "unstated"
    return not one.comparable(other) or other > one


def _later(old: Json, new: Json) -> bool:
    """A deadline that is longer or gone."""
    return old is not None and (new is None or _longer(old, new))


def _waits(old: Json, new: Json) -> bool:
    """A time to wait that is longer or new."""
    return new is not None and (old is None or _longer(old, new))


def _shorter(old: Json, new: Json) -> bool:
    """A span in favour of the person that is shorter or gone."""
    return old is not None and (new is None or _longer(new, old))


def _fewer(old: Json, new: Json) -> bool:
    """A list or a family that lost a member, or a text that is gone."""
    return new is None or bool(_members(old) - _members(new))


def _more(old: Json, new: Json) -> bool:
    """A list or a family that gained a member, or a text that is new."""
    return old is None or bool(_members(new) - _members(old))


def _narrower(old: Json, new: Json) -> bool:
    """A list whose absence means everything."""
    return bool(new) and (not old or bool(_members(old) - _members(new)))


def _members(value: Json) -> set[str]:
    return {str(member) for member in value} if isinstance(value, list) else set()


def _off(old: Json, new: Json) -> bool:
    """A promise that is no longer made."""
    return old is True and new is not True


def _on(old: Json, new: Json) -> bool:
    """A condition that was not set before."""
    return new is True and old is not True


def _higher(old: Json, new: Json) -> bool:
    return isinstance(new, int) and new > (old if isinstance(old, int) else 0)


def _lower(old: Json, new: Json) -> bool:
    return isinstance(old, int) and isinstance(new, int) and new < old


def _costs(old: Json, new: Json) -> bool:
    return new == "cost" and old != "cost"


CUTS: Mapping[tuple[Make, str], Rule] = {
    (Right, "by"): _fewer,
    (Right, "by_yourself"): _off,
    (Right, "who"): _fewer,
    (Right, "within"): _later,
    (Right, "acknowledge"): _later,
    (Right, "extension"): _waits,
    (Right, "cooling_off"): _waits,
    (Right, "after"): _more,
    (Right, "items"): _narrower,
    (Right, "locked"): _more,
    (Right, "cases"): _fewer,
    (Right, "tell_recipients"): _off,
    (Right, "contents"): _fewer,
    (Right, "withheld"): _more,
    (Right, "delivery"): _fewer,
    (Right, "lookback"): _shorter,
    (Right, "asked_again"): _shorter,
    (Right, "account_needed"): _on,
    (Frequency, "times"): _lower,
    (Frequency, "per"): _longer,
    (Ground, "needs_evidence"): _off,
    (Ground, "limits"): _fewer,
    (Requests, "within"): _later,
    (Requests, "proof"): _fewer,
    (Requests, "needs"): _more,
    (Requests, "appeal"): _fewer,
    (Fee, "first"): _costs,
    (Fee, "repeated"): _costs,
    (Tier, "points"): _higher,
    (Tier, "declaration"): _on,
    (Tier, "rights"): _more,
    (Agents, "appointed"): _fewer,
    (Agents, "proof"): _more,
    (Exemption, "rights"): _more,
    (Exemption, "until"): _fewer,
    (Fairness, "never"): _fewer,
}
"""When a change of a field of a right is a cut. A period of another unit is one: nobody can say that it is none."""

LONGER_KEPT: Mapping[tuple[Make, str], Rule] = {
    (Retention, "for"): _later,
    (Retention, "exceptions"): _more,
}
"""When a change of a field of a retention line keeps data longer."""
