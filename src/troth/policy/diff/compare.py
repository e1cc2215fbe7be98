"""From two policies to their difference: what changed, what of it is major, and what follows."""

from __future__ import annotations

from collections.abc import Mapping

from troth.policy.diff.consents import consent_again
from troth.policy.diff.kinds import kinds
from troth.policy.diff.major import Major, major
from troth.policy.diff.model import Change, Consequences, Diff
from troth.policy.diff.walk import Difference, differences
from troth.policy.model import Policy
from troth.policy.sections.rule_sets import RuleSet


def diff(old: Policy, new: Policy) -> Diff:
    """What changes from `old` to `new`; the order in which anything was declared never matters.

    Every clause that differs is in exactly one change: its own, or that of the whole record which only one of the two
    policies has. A change is major if the list of either policy says so: what was promised binds, and what is promised
    now binds as well.
    """
    found = list(differences(old.value, new.value))
    lists = major(old.value, new.value)
    changes = [_change(one, lists) for one in found]
    again = consent_again(old.value, new.value, found)
    return Diff(
        changes=tuple(sorted(changes, key=lambda change: change.keys)),
        consequences=_consequences(old, new, found, changes, again),
        unclassified=lists.unclassified,
        events=lists.events,
    )


def _change(one: Difference, lists: Major) -> Change:
    does = kinds(one)
    return Change(one.spot.keys, one.old, one.new, does, lists.entries(does))


def _consequences(
    old: Policy, new: Policy, found: list[Difference], changes: list[Change], again: tuple[str, ...]
) -> Consequences:
    places = [one for one, change in zip(found, changes, strict=True) if change.major]
    if not places:
        return Consequences(consent_again=again)
    told = old.changes if old.changes.tell else new.changes
    return Consequences(
        tell=told.tell,
        when=told.when,
        notice=told.notice,
        audiences=_audiences(places),
        accept_again=old.acceptance == "explicit",
        consent_again=again,
    )


def _audiences(places: list[Difference]) -> tuple[str, ...]:
    """The rule sets that all these places lie in; none if one of them concerns everybody."""
    sets = [_rule_set(dict(one.spot.around)) for one in places]
    return () if None in sets else tuple(sorted({name for name in sets if name}))


def _rule_set(around: Mapping[object, str]) -> str | None:
    return around.get(RuleSet)
