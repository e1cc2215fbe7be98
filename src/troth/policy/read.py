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
from troth.policy.rule_merge import merged_value
from troth.policy.schema.addresses import places
from troth.policy.schema.context import Reading, declared, listed
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
    known = {section: declared(root, section) for section in _SECTIONS}
    facts = fact_names(tuple(known["functions"]), tuple(known["purposes"]))
    reading = Reading(_languages(root), known, facts, _words(root, "regimes"), problems)
    policy = record(Policy).read(root, reading)
    if isinstance(policy, Policy):
        policy = checked(policy, root, reading, where)
        if not problems:
            _rule_sets(policy, reading, root)
    if problems:
        raise InputError.of(tuple(sorted(problems, key=_place)))
    assert isinstance(policy, Policy)
    return policy


def _rule_sets(policy: Policy, reading: Reading, root: Node) -> None:
    """Report what is wrong with the policy that each rule set makes of this one, at the rule set."""
    for name, each in policy.rule_sets.items():
        at = policy.places.get(f"rule_sets.{name}", root.position)
        for path in each.without:
            if path not in policy.addresses:
                reading.unknown("clause", path, tuple(policy.addresses), at)
        for language in (*each.languages, *each.translated):
            if language not in policy.languages:
                reading.unknown("language", language, policy.languages, at)
        if reading.problems:
            continue
        try:
            from_value(merged_value(policy.value, name))
        except InputError as error:
            for problem in error.problems():
                reading.problem(problem.code, f"in the rule set `{name}`: {problem.message}", at, problem.hint)


def _place(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def _languages(root: Node) -> tuple[str, ...]:
    """The languages in which every text must exist; reading the policy reports what is wrong with the list itself."""
    return tuple(dict.fromkeys(word for word in _words(root, "languages") if _LANGUAGE.fullmatch(word)))


def _words(root: Node, key: str) -> tuple[str, ...]:
    return tuple(child.raw for child in listed(root, key))
