"""Several files as one policy: their top-level sections are joined, and nothing may be said twice."""

from __future__ import annotations

from collections.abc import Mapping

from troth.base.errors import InputError, Position, Problem
from troth.policy.yaml_reader import Node, read


def merged(files: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """One root of all `files`, and what two of them both declare.

    Raises InputError with every problem of every file that is not sound YAML: until those are mended, nothing else
    can be said, because the ids they declare are not known.
    """
    problems: list[Problem] = []
    roots: list[Node] = []
    for name in sorted(files):
        try:
            roots.append(read(name, files[name]))
        except InputError as error:
            problems.extend(error.problems())
    if problems:
        raise InputError.of(tuple(problems))
    if not roots:
        raise InputError("policy.no-files", "there is no policy file", hint="write a `policy.yaml`")
    root, *others = roots
    for other in others:
        root = _join(root, other, problems, depth=0)
    return root, problems


def _join(one: Node, other: Node, problems: list[Problem], *, depth: int) -> Node:
    assert isinstance(one.value, dict)
    assert isinstance(other.value, dict)
    value, keys = dict(one.value), dict(one.keys or {})
    for key, child in other.value.items():
        if key not in value:
            value[key], keys[key] = child, other.key_position(key)
        elif depth == 0 and isinstance(value[key].value, dict) and isinstance(child.value, dict):
            value[key] = _join(value[key], child, problems, depth=1)
        else:
            problems.append(_twice(key, other.key_position(key), keys.get(key, one.position)))
    return Node(value, one.position, keys=keys)


def _twice(key: str, where: Position, first: Position) -> Problem:
    return Problem("policy.duplicate-id", f"`{key[:80]}` is declared twice", f"it is also at {first}", where)
