"""Takes values out of a tree of YAML and notes what is wrong with them, so that all problems are said at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from troth.base.errors import InputError, Position, Problem
from troth.base.text import LANGUAGES, Text
from troth.policy.yaml_reader import Node

T = TypeVar("T")

_FEW = 12  # so many choices can be listed in a hint


def hint_for(name: str, choices: Collection[str]) -> str:
    """A "did you mean", or the choices if there are few, or nothing."""
    near = get_close_matches(name[:200], choices, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "one of " + ", ".join(f"`{choice}`" for choice in sorted(choices)) if 0 < len(choices) <= _FEW else ""


@dataclass
class Reading:
    """Collects problems; a value that cannot be read is replaced by an empty one, and never used."""

    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, message: str, where: Position, hint: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(f"datamap.{code}", message, hint, where))

    def unknown(self, what: str, name: str, choices: Collection[str], where: Position) -> None:
        """Note that there is no such thing, with the one that looks most like it."""
        self.report(f"unknown-{what}", f"there is no {what} `{name[:80]}`", where, hint_for(name, choices))

    def raise_if_any(self) -> None:
        """Raise InputError if anything was noted."""
        if self.problems:
            raise InputError.of(tuple(self.problems))

    def family(self, node: Node, what: str) -> Mapping[str, Node]:
        """A mapping whose keys are the author's own names."""
        if isinstance(node.value, dict):
            return node.value
        self.report("wrong-type", f"`{what}` has lines of `name: …`", node.position)
        return {}

    def mapping(self, node: Node, what: str, keys: Collection[str], *, needed: Collection[str]) -> Mapping[str, Node]:
        """A mapping with known keys, of which some are needed."""
        if not isinstance(node.value, dict):
            self.report("wrong-type", f"{what} is a mapping", node.position, f"give it {', '.join(sorted(needed))}")
            return {}
        for key in node.value:
            if key not in keys:
                self.unknown("key", key, keys, node.key_position(key))
        for key in needed:
            if key not in node.value:
                self.report("missing-key", f"{what} has no `{key}`", node.position, f"add a line `{key}: …`")
        return node.value

    def text(self, node: Node | None) -> str:
        """A text that is not empty; what is missing was reported where it was looked for."""
        if node is None:
            return ""
        if isinstance(node.value, dict | tuple) or not node.raw:
            self.report("wrong-type", "a text is expected", node.position)
            return ""
        return node.raw

    def yes(self, node: Node | None, what: str, *, otherwise: bool) -> bool:
        """`true` or `false`."""
        if node is None:
            return otherwise
        if not isinstance(node.value, bool):
            self.report("wrong-type", f"`{what}` is `true` or `false`", node.position)
        return node.value is True

    def words(self, node: Node | None) -> tuple[str, ...]:
        """A list of texts; a single text stands for a list of one."""
        if node is None:
            return ()
        return tuple(self.text(one) for one in (node.value if isinstance(node.value, tuple) else (node,)))

    def choice(self, node: Node, what: str, choices: Collection[str]) -> str:
        """One of `choices`."""
        word = self.text(node)
        if word and word not in choices:
            self.unknown(what, word, choices, node.position)
        return word

    def chosen(self, node: Node, what: str, choices: Collection[str]) -> tuple[str, ...]:
        """Some of `choices`, at least one, each once."""
        nodes = node.value if isinstance(node.value, tuple) else (node,)
        found = tuple(self.choice(one, what, choices) for one in nodes)
        if not found or len(set(found)) < len(found):
            self.report("wrong-list", f"name at least one {what}, and each only once", node.position)
        return found

    def ordered(self, family: Mapping[str, T], order: Node | None, what: str) -> dict[str, T]:
        """The family in the order that a list of its names gives, and after it the others as they were written."""
        first = self.chosen(order, what, family) if order is not None and order.value else ()
        return {name: family[name] for name in (*first, *family) if name in family}

    def label(self, node: Node) -> Text:
        """A text in every language; a plain text is the same in all."""
        if not isinstance(node.value, dict):
            return dict.fromkeys(LANGUAGES, self.text(node))
        for language in LANGUAGES:
            if language not in node.value:
                hint = f"add `{language}: …`"
                self.report("missing-language", f"there is no text in `{language}`", node.position, hint)
        return {language: self.text(one) for language, one in node.value.items()}
