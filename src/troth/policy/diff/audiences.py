"""What changes for each audience: the policy that it read beside the policy that it reads.

People outside every rule set are an audience too; it has no name. Whoever is in a rule set that is new read the general
rules before, and whoever was in one that is gone reads them now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from troth.policy.diff.consents import consent_again
from troth.policy.diff.kinds import kinds
from troth.policy.diff.major import major
from troth.policy.diff.walk import Difference, differences
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set

_HERE = frozenset({"without", "alone"})
"""What a rule set says of the general rules: all that changes for its audience may come of it."""

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Audience:
    """What one audience read before, and reads now; `own` are the clause paths of all rule sets."""

    name: str | None
    old: Policy
    new: Policy
    own: frozenset[str]

    @cached_property
    def found(self) -> tuple[Difference, ...]:
        """What differs between the two."""
        return tuple(differences(self.old.value, self.new.value))

    @cached_property
    def major(self) -> Mapping[Keys, tuple[str, ...]]:
        """The entries of its lists of major changes that cover a difference, by the keys to that difference."""
        lists = major(self.old.value, self.new.value)
        entries = {one.spot.keys: lists.entries(kinds(one)) for one in self.found}
        return {keys: tuple(map(self.clause, paths)) for keys, paths in entries.items() if paths}

    @property
    def consent_again(self) -> tuple[str, ...]:
        """The functions that must ask its consent again."""
        return tuple(map(self.clause, consent_again(self.old.value, self.new.value, list(self.found))))

    def clause(self, path: str) -> str:
        """Where one of the two whole policies says what this audience reads at the path."""
        inside = f"rule_sets.{self.name}.{path}"
        return inside if self.name is not None and inside in self.own else path

    def entries(self, keys: Keys) -> tuple[str, ...]:
        """The entries that make a difference of the whole policies major for this audience."""
        below = self._below(keys)
        if below is None:
            return ()
        every = not below or below[0] in _HERE
        return tuple(
            entry for place, entries in self.major.items() if every or _one_line(place, below) for entry in entries
        )

    def _below(self, keys: Keys) -> Keys | None:
        """The keys as this audience reads them; nothing where they lie in the rules of others."""
        if keys[:1] != ("rule_sets",):
            return keys
        return keys[2:] if keys[1] == self.name else None


def audiences(old: Policy, new: Policy) -> tuple[Audience, ...]:
    """The audiences of two versions: those outside every rule set first."""
    paths = frozenset(path for path in {*old.addresses, *new.addresses} if path.startswith("rule_sets."))
    names: list[str | None] = [None, *sorted({*old.rule_sets, *new.rule_sets})]
    return tuple(Audience(name, _read(old, name), _read(new, name), paths) for name in names)


def _read(policy: Policy, name: str | None) -> Policy:
    return rule_set(policy, name if name in policy.rule_sets else None)


def _one_line(one: Keys, other: Keys) -> bool:
    """Whether one is at, above or below the other."""
    return all(a == b for a, b in zip(one, other, strict=False))
