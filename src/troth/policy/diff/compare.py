"""From two policies to their difference: what changed, what of it is major, and what follows for whom."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.diff.audiences import Audience, audiences
from troth.policy.diff.kinds import kinds
from troth.policy.diff.major import major
from troth.policy.diff.model import Change, Consequences, Diff
from troth.policy.diff.walk import Difference, differences
from troth.policy.model import Policy


def diff(old: Policy, new: Policy) -> Diff:
    """What changes from `old` to `new`; the order in which anything was declared never matters.

    Every clause that differs is in exactly one change: its own, or that of the whole record which only one of the two
    policies has. A change is major if a list of either policy says so that is read by somebody for whom it changes
    anything: what was promised binds, and what is promised now binds as well.
    """
    read = audiences(old, new)
    changes = [_change(one, read) for one in differences(old.value, new.value)]
    lists = major(old.value, new.value)
    return Diff(
        changes=tuple(sorted(changes, key=lambda change: change.keys)),
        consequences=tuple(_together([one for one in read if one.major], [one.name for one in read])),
        consent_again=tuple(sorted({clause for one in read for clause in one.consent_again})),
        unclassified=lists.unclassified,
        events=lists.events,
        left_open=_left_open(old, new),
    )


def _left_open(old: Policy, new: Policy) -> tuple[str, ...]:
    """The lists of major changes that end in "and so on"."""
    return tuple(sorted({path for path in (*old.open, *new.open) if path.endswith("changes.material")}))


def _change(one: Difference, read: tuple[Audience, ...]) -> Change:
    entries = {entry for audience in read for entry in audience.entries(one.spot.keys)}
    return Change(one.spot.keys, one.old, one.new, kinds(one), tuple(sorted(entries)))


def _together(concerned: list[Audience], every: list[str | None]) -> Iterator[Consequences]:
    """What follows for the audiences that something major changes for; those for whom the same follows together."""
    follows = [(audience.name, _follows(audience)) for audience in concerned]
    for n, (_, one) in enumerate(follows):
        if all(one != earlier for _, earlier in follows[:n]):
            yield one.for_([name for name, same in follows if same == one], every)


def _follows(audience: Audience) -> Consequences:
    told = audience.old.changes if audience.old.changes.tell else audience.new.changes
    return Consequences(
        tell=told.tell, when=told.when, notice=told.notice, accept_again=audience.old.acceptance == "explicit"
    )
