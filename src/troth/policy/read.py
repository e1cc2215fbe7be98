"""Policy files to a policy, with every problem of all of them reported at its line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from troth.base.errors import InputError, Position, Problem
from troth.policy.checks import checked
from troth.policy.facts import fact_names
from troth.policy.merge import merged
from troth.policy.model import Policy
from troth.policy.schema.addresses import places
from troth.policy.schema.context import Reading
from troth.policy.schema.records import record
from troth.policy.yaml_reader import Node, from_plain

_SECTIONS = ("items", "categories", "purposes", "functions", "recipients", "permissions")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def parse(files: Mapping[str, str]) -> Policy:
    """The policy that `files` (name to text) declare together; the order of files and lines changes nothing.

    Raises InputError that carries every problem with file, line and column: unknown keys and names with the name
    that was probably meant, what is declared twice, texts that lack a language, wrong types, unreadable periods.
    """
    root, problems = merged(files)
    return _policy(root, problems, places(root, _languages(root)))


def from_value(value: Mapping[str, Any]) -> Policy:
    """The policy whose `value` this is. Raises InputError if it is not the value of a policy."""
    return _policy(from_plain(value, Position("value", 1, 1)), [], {})


def _policy(root: Node, problems: list[Problem], where: Mapping[str, Position]) -> Policy:
    known = {section: _declared(root, section) for section in _SECTIONS}
    facts = fact_names(tuple(known["functions"]), tuple(known["purposes"]))
    reading = Reading(_languages(root), known, facts, _words(root, "regimes"), problems)
    policy = record(Policy).read(root, reading)
    if isinstance(policy, Policy):
        policy = checked(policy, root, reading, where)
    if problems:
        raise InputError.of(tuple(sorted(problems, key=_place)))
    assert isinstance(policy, Policy)
    return policy


def _place(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def _declared(root: Node, section: str) -> Mapping[str, object]:
    assert isinstance(root.value, dict)
    node = root.value.get(section)
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _languages(root: Node) -> tuple[str, ...]:
    """The languages in which every text must exist; reading the policy reports what is wrong with the list itself."""
    return tuple(dict.fromkeys(word for word in _words(root, "languages") if _LANGUAGE.fullmatch(word)))


def _words(root: Node, key: str) -> tuple[str, ...]:
    assert isinstance(root.value, dict)
    node = root.value.get(key)
    if node is None:
        return ()
    return tuple(child.raw for child in (node.value if isinstance(node.value, tuple) else (node,)))
