"""Reads `promises.yaml`: which clauses make a promise, what its facts are and which control keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from troth.base.errors import InputError, Position, Problem
from troth.drill.controls import CONTROLS, Control
from troth.drill.model import KINDS, Kind, Promise
from troth.policy.clauses import clauses
from troth.policy.model import Policy
from troth.policy.yaml_reader import Node, plain, read

_KEYS = frozenset({"topic", "kind", "says", "clauses", "control", "parameters", "rehearsal"})
_FEW = 8  # as many names as a hint can list


def parse(file: str, text: str, policy: Policy) -> tuple[Promise, ...]:
    """The promises of a file, held against the policy and the list of controls.

    Raises:
        InputError: carries every problem: an unknown key, kind, clause or control, a missing translation, something
            that the control needs and the promise does not give.
    """
    root = read(file, text)
    assert isinstance(root.value, dict)
    reader = _Reader(frozenset(clauses(policy)), policy.languages)
    promises = tuple(reader.promise(name, node, root.key_position(name)) for name, node in root.value.items())
    if reader.problems:
        raise InputError.of(tuple(reader.problems))
    return promises


class _Reader:
    def __init__(self, known_clauses: Collection[str], languages: Collection[str]) -> None:
        self._clauses = known_clauses
        self._languages = languages
        self.problems: list[Problem] = []

    def promise(self, name: str, node: Node, where: Position) -> Promise:
        fields = self._fields(node, where)
        promise = Promise(
            id=name,
            topic=self._text(fields.get("topic"), where, "topic"),
            says=self._says(fields.get("says"), where),
            clauses=self._named(fields.get("clauses"), where),
            control=self._control(fields.get("control"), where),
            parameters=self._mapping(fields.get("parameters"), "parameters"),
            rehearsal=self._mapping(fields.get("rehearsal"), "rehearsal"),
            kind=self._kind(fields.get("kind"), where),
        )
        if promise.control in CONTROLS:
            self._rehearsable(promise, CONTROLS[promise.control], fields.get("rehearsal"), where)
        return promise

    def _fields(self, node: Node, where: Position) -> Mapping[str, Node]:
        if not isinstance(node.value, dict):
            self._report("drill.not-a-promise", "a promise is a mapping", where, f"give it {', '.join(sorted(_KEYS))}")
            return {}
        for key in node.value.keys() - _KEYS:
            self._unknown("key", key, _KEYS, node.key_position(key))
        return node.value

    def _text(self, node: Node | None, where: Position, key: str) -> str:
        if node is None or not isinstance(node.value, str):
            self._report("drill.missing", f"`{key}` is missing", node.position if node else where, f"add `{key}`")
            return ""
        return node.value

    def _says(self, node: Node | None, where: Position) -> Mapping[str, str]:
        said = node.value if node is not None and isinstance(node.value, dict) else {}
        for language in self._languages:
            if language not in said:
                place = node.position if node else where
                self._report(
                    "drill.missing-translation", f"the sentence in `{language}` is missing", place, f"add `{language}`"
                )
        return {language: str(one.value) for language, one in said.items()}

    def _named(self, node: Node | None, where: Position) -> tuple[str, ...]:
        if node is None or not isinstance(node.value, tuple) or not node.value:
            self._report(
                "drill.missing", "`clauses` names no clause", node.position if node else where, "list at least one"
            )
            return ()
        for one in node.value:
            if one.value not in self._clauses:
                self._unknown("clause", str(one.value), self._clauses, one.position)
        return tuple(str(one.value) for one in node.value)

    def _control(self, node: Node | None, where: Position) -> str:
        name = self._text(node, where, "control")
        if name and name not in CONTROLS:
            self._unknown("control", name, CONTROLS, node.position if node else where)
        return name

    def _kind(self, node: Node | None, where: Position) -> Kind:
        name = self._text(node, where, "kind")
        for kind in KINDS:
            if name == kind:
                return kind
        if name:
            self._unknown("kind", name, KINDS, node.position if node else where)
        return KINDS[0]

    def _mapping(self, node: Node | None, key: str) -> Mapping[str, object]:
        value = plain(node) if node is not None else {}
        if isinstance(value, dict):
            return value
        assert node is not None  # nothing given is an empty mapping
        self._report("drill.not-a-mapping", f"`{key}` is a mapping", node.position, f"write `{key}: {{name: value}}`")
        return {}

    def _rehearsable(self, promise: Promise, control: Control, node: Node | None, where: Position) -> None:
        known = (*control.needs, *control.takes)
        for key in promise.rehearsal.keys() - set(known):
            assert node is not None  # its keys were read from it
            self._unknown("key", key, known, node.key_position(key))
        for key in control.needs:
            if key not in promise.given:
                self._report(
                    "drill.missing", f"`{control.name}` needs `{key}`", node.position if node else where, f"add `{key}`"
                )

    def _unknown(self, what: str, name: str, known: Collection[str], where: Position) -> None:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else _among(known)
        self._report(f"drill.unknown-{what}", f"unknown {what} `{name}`", where, hint)

    def _report(self, code: str, message: str, where: Position, hint: str) -> None:
        self.problems.append(Problem(code, message, hint, where))


def _among(known: Collection[str]) -> str:
    few = len(known) <= _FEW
    return f"known are {', '.join(sorted(known)) or 'none'}" if few else ""
