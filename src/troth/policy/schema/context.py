"""What a reading knows while it goes through the files, and the problems it has found so far."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from troth.base.errors import Position, Problem
from troth.policy.facts import fact_names
from troth.policy.yaml_reader import Node

FEW_CHOICES = 12  # so many are simply listed
MOST_COMPARISONS = 100_000  # comparing names is slow; the author of more mistakes has other worries


class Failed(Enum):
    """The result of reading what could not be read; the problem has been reported."""

    FAILED = "failed"


FAILED = Failed.FAILED


def declared(root: Node, section: str) -> Mapping[str, object]:
    """What stands under a section of the author's own names."""
    assert isinstance(root.value, dict)
    node = root.value.get(section)
    return node.value if node is not None and isinstance(node.value, dict) else {}


def listed(root: Node, key: str) -> tuple[Node, ...]:
    """The members of a list under `key`; one value stands for a list of one."""
    assert isinstance(root.value, dict)
    node = root.value.get(key)
    if node is None:
        return ()
    return node.value if isinstance(node.value, tuple) else (node,)


@dataclass
class Reading:
    """Collects problems; `known` holds the ids declared in each section, `facts` the facts a policy may name."""

    languages: tuple[str, ...]
    known: Mapping[str, Mapping[str, object]]
    facts: frozenset[str]
    regimes: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    _compared: int = 0

    def problem(self, code: str, message: str, where: Position, hint: str = "") -> Failed:
        """Note one problem and give back the mark of failure."""
        self.problems.append(Problem(code, message, hint, where))
        return FAILED

    def unknown(self, what: str, name: str, choices: Collection[str], where: Position) -> Failed:
        """Note that `name` is not one of `choices`, with the choice that looks most like it."""
        return self.problem(
            f"policy.unknown-{what}", f"`{name}` is no {what} of this policy", where, self.hint(name, choices)
        )

    def declares(self, name: str, sections: Iterable[str], words: Collection[str] = ()) -> bool:
        """Whether `name` is the id of a record of one of the sections, or one of the reserved words."""
        return name in words or any(name in self.known.get(section, {}) for section in sections)

    def names(self, sections: Iterable[str]) -> list[str]:
        """All ids declared in the sections."""
        return [name for section in sections for name in self.known.get(section, {})]

    def inside(self, node: Node) -> Reading:
        """The reading inside a rule set: what it declares is known as well, or nothing else if it stands `alone`.
        What it finds goes to the same list of problems."""
        assert isinstance(node.value, dict)
        alone = node.value.get("alone")
        general = {} if alone is not None and alone.value is True else self.known
        known = {section: {**general.get(section, {}), **declared(node, section)} for section in self.known}
        facts = fact_names(tuple(known["functions"]), tuple(known["purposes"]))
        regimes = tuple(child.raw for child in listed(node, "regimes"))
        return Reading(self.languages, known, facts, regimes or self.regimes, self.problems)

    def hint(self, name: str, choices: Collection[str]) -> str:
        """A "did you mean", or the choices if there are few, or nothing."""
        self._compared += len(choices)
        if self._compared <= MOST_COMPARISONS:
            close = difflib.get_close_matches(name[:200], choices, n=1, cutoff=0.6)
            if close:
                return f"did you mean `{close[0]}`?"
        if 0 < len(choices) <= FEW_CHOICES:
            return "one of " + ", ".join(f"`{choice}`" for choice in sorted(choices))
        return ""
