"""A difference between two policies: each changed clause once, its kinds, and what follows from all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from troth.base.period import Period
from troth.base.text import Text
from troth.policy.yaml_reader import Json

Sort = Literal["added", "removed", "changed"]

Kind = Literal[
    "purpose-added",
    "purpose-removed",
    "purpose-changed",
    "item-added",
    "item-removed",
    "item-changed",
    "recipient-added",
    "recipient-removed",
    "recipient-changed",
    "use-changed",
    "consent-lowered",
    "right-reduced",
    "right-changed",
    "retention-longer",
    "retention-changed",
    "storage-moved",
    "ownership-changed",
    "contact-changed",
    "security-reduced",
    "security-changed",
    "minors-changed",
    "terms-changed",
    "translation",
    "date",
    "other",
    "risk-report",
]
"""What a change does. `risk-report` is an event that no two texts show, yet a policy may call it a major change."""

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Change:
    """One clause that differs; `keys` lead to it, `old` and `new` are its plain JSON, nothing where it is absent.

    A record that one policy lacks is one change with all of it. `major_by` are the entries of the policies' lists of
    major changes that name one of its kinds.
    """

    keys: tuple[str, ...]
    old: Json
    new: Json
    kinds: tuple[Kind, ...]
    major_by: tuple[str, ...] = ()

    @property
    def clause(self) -> str:
        """The clause path."""
        return ".".join(self.keys)

    @property
    def sort(self) -> Sort:
        """Whether the clause is new, gone or different."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def major(self) -> bool:
        """Whether the policy itself calls this a major change."""
        return bool(self.major_by)

    @property
    def gained(self) -> tuple[Json, ...]:
        """For a list: what it has and had not."""
        return _without(self.new, self.old)

    @property
    def lost(self) -> tuple[Json, ...]:
        """For a list: what it had and has not."""
        return _without(self.old, self.new)


def _without(one: Json, other: Json) -> tuple[Json, ...]:
    if not isinstance(one, list):
        return ()
    return tuple(member for member in one if member not in (other if isinstance(other, list) else []))


@dataclass(frozen=True)
class Consequences:
    """What follows for people from what is major, by the words of the version that they live under.

    It concerns those under the rule sets `audiences`; if it names none, everybody `but` those under these. `tell` are
    the channels through which they are told, at the time `when` and a `notice` ahead; `accept_again` says that they
    must accept the new version, as acceptance is explicit.
    """

    tell: tuple[str, ...] = ()
    when: Text | None = None
    notice: Period | None = None
    accept_again: bool = False
    audiences: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def concerns(self, audience: str | None) -> bool:
        """Whether it concerns those under a rule set, or with none those outside every rule set."""
        return audience in self.audiences if self.audiences else audience not in self.but

    def for_(self, names: list[str | None], every: list[str | None]) -> Consequences:
        """The same for some of the audiences."""
        if None in names:
            return replace(self, but=tuple(name for name in every if name is not None and name not in names))
        return replace(self, audiences=tuple(name for name in names if name is not None))


@dataclass(frozen=True)
class Diff:
    """All changes in the order of their clause paths, and what follows from those that are major.

    `consent_again` are the functions (clause paths) whose consent no longer covers what they do. Of the policies' lists
    of major changes, `unclassified` are the entries whose names are none that this knows, so that a person must judge
    them, and `events` those that tell of an event no comparison of texts can show; `left_open` are the lists (clause
    paths) that the policies themselves do not call complete, so that a person must judge what is on none of them.
    """

    changes: tuple[Change, ...]
    consequences: tuple[Consequences, ...] = ()
    consent_again: tuple[str, ...] = ()
    unclassified: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()

    @property
    def major(self) -> tuple[Change, ...]:
        """The changes that the policy itself calls major."""
        return tuple(change for change in self.changes if change.major)
