"""What must hold between the parts of a policy, and what members of a category inherit from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from troth.base.errors import Position
from troth.policy.bounds import MOST_FLOWS, beyond
from troth.policy.model import (
    LANGUAGE_VERSION,
    Category,
    ConsentFree,
    Exemption,
    FlowLine,
    Function,
    Item,
    Matrix,
    Permission,
    Policy,
    Purpose,
    Recipient,
    Retention,
    RuleSet,
    Signal,
    Technology,
)
from troth.policy.schema.context import Reading
from troth.policy.schema.records import record
from troth.policy.schema.shapes import singular
from troth.policy.yaml_reader import Node

_KEYS: Mapping[str, frozenset[str]] = {
    section: frozenset(record(of).keys)
    for section, of in {
        "items": Item,
        "categories": Category,
        "purposes": Purpose,
        "functions": Function,
        "flows": FlowLine,
        "recipients": Recipient,
        "permissions": Permission,
        "technologies": Technology,
        "consent_free": ConsentFree,
        "retention": Retention,
        "matrices": Matrix,
        "signals": Signal,
        "exemptions": Exemption,
        "rule_sets": RuleSet,
    }.items()
}
"""The keys of the records of each family whose ids its author chooses."""


def checked(policy: Policy, root: Node, reading: Reading, where: Mapping[str, Position]) -> Policy:
    """`policy` with inherited marks filled in; what is wrong between its parts is reported to `reading`."""
    at = _Places(where, root)
    _version(policy, reading, at)
    _one_meaning_each(policy, reading, at)
    _grades(policy, reading, at)
    categories = {name: each.category for name, each in policy.categories.items()}
    wider = {name: each.part_of for name, each in policy.purposes.items()}
    _cycles("categories", categories, reading, at)
    _cycles("purposes", wider, reading, at)
    if not reading.problems:  # what follows needs every record that others refer to
        policy = replace(inherited(policy), places=where)
        _not_too_much(policy, reading, at)
        _paths(policy, root, reading)
    return policy


def _not_too_much(policy: Policy, reading: Reading, at: _Places) -> None:
    clause = beyond(policy)
    if clause is not None:
        hint = "name categories in place of lists, or publish two policies"
        said = f"with `{clause}` the policy declares more than {MOST_FLOWS} uses"
        reading.problem("policy.too-large", said, at(clause), hint)


class _Places:
    """Where a clause is written; the root of the policy for one that came without places."""

    def __init__(self, where: Mapping[str, Position], root: Node) -> None:
        self._where = where
        self._root = root

    def __call__(self, path: str) -> Position:
        return self._where.get(path, self._root.position)


def inherited(policy: Policy) -> Policy:
    """Items and categories with the sensitivity and the sources of the categories above them."""
    categories: dict[str, Category] = {}
    for name in policy.categories:
        _settle(name, policy.categories, categories)
    items = {name: _inherit(item, categories) for name, item in policy.items.items()}
    return replace(policy, categories={name: categories[name] for name in policy.categories}, items=items)


def _settle(name: str, declared: Mapping[str, Category], settled: dict[str, Category]) -> Category:
    """Settle the category and all above it, from the top down."""
    chain = [name]
    while (above := declared[chain[-1]].category) is not None and above not in settled:
        chain.append(above)
    for each in reversed(chain):
        category = declared[each]
        parent = settled.get(category.category) if category.category else None
        sensitive = category.sensitive or (parent is not None and parent.sensitive)
        sources = category.sources or (parent.sources if parent else ())
        settled[each] = replace(category, sensitive=sensitive, sources=sources)
    return settled[name]


def _inherit(item: Item, categories: Mapping[str, Category]) -> Item:
    if item.category is None:
        return item
    category = categories[item.category]
    return replace(item, sensitive=item.sensitive or category.sensitive, sources=item.sources or category.sources)


def _version(policy: Policy, reading: Reading, at: _Places) -> None:
    if policy.troth != LANGUAGE_VERSION:
        reading.problem(
            "policy.version",
            f"`{policy.troth}` is no version of the language",
            at("troth"),
            f"write `troth: {LANGUAGE_VERSION}`",
        )
    if policy.prevails is not None and policy.prevails not in policy.languages:
        reading.unknown("language", policy.prevails, policy.languages, at("prevails"))
    for language in policy.translated:
        if language not in policy.languages:
            reading.unknown("language", language, policy.languages, at("translated"))
    if not policy.languages:
        reading.problem(
            "policy.missing-key", "the policy names no language", at("languages"), "write `languages: [en]`"
        )


def _one_meaning_each(policy: Policy, reading: Reading, at: _Places) -> None:
    for name in policy.items.keys() & policy.categories.keys():
        path = f"categories.{name}"
        reading.problem("policy.duplicate-id", f"`{name}` is an item and a category", at(path), "rename one")
    for section in _KEYS:
        _addresses(section, getattr(policy, section), reading, at)


def _addresses(section: str, family: Mapping[str, object], reading: Reading, at: _Places) -> None:
    """Refuse `a` beside `a.label`: the address `items.a.label` would name two things."""
    for name in family:
        parent, dot, tail = name.rpartition(".")
        while dot:
            if parent in family and tail.split(".")[0] in _KEYS[section]:
                message = f"`{name}` cannot be told from `{tail}` of `{parent}`"
                reading.problem("policy.ambiguous-id", message, at(f"{section}.{name}"), "rename one")
            parent, dot, rest = parent.rpartition(".")
            tail = f"{rest}.{tail}"


def _grades(policy: Policy, reading: Reading, at: _Places) -> None:
    for section in ("functions", "flows", "recipients", "technologies", "matrices"):
        for name, each in getattr(policy, section).items():
            if each.basis == "consent" and each.grade == "none":
                message = f"{singular(section)} `{name}` rests on consent but states no grade"
                reading.problem("policy.grade-missing", message, at(f"{section}.{name}"), "add `grade: explicit`")
            if each.basis != "consent" and each.grade != "none":
                message = f"{singular(section)} `{name}` states a grade but does not rest on consent"
                reading.problem("policy.grade-idle", message, at(f"{section}.{name}"), "write `basis: consent`")


def _cycles(section: str, above: Mapping[str, str | None], reading: Reading, at: _Places) -> None:
    """Report what lies above itself."""
    safe: set[str] = set()
    for name in sorted(above):
        chain: list[str] = []
        each: str | None = name
        while each is not None and each not in safe and each not in chain:
            chain.append(each)
            each = above.get(each)
        if each is not None and each in chain:
            message = f"`{each}` lies above itself"
            reading.problem("policy.cycle", message, at(f"{section}.{each}"), "let one of them stand alone")
        safe.update(chain)


def _paths(policy: Policy, root: Node, reading: Reading) -> None:
    """Check the clause paths that `only_in`, `open` and `differs` name."""
    assert isinstance(root.value, dict)
    only_in = root.value.get("only_in")
    if only_in is not None and isinstance(only_in.value, dict):
        for node in only_in.value.values():
            for child in node.value if isinstance(node.value, tuple) else (node,):
                _path(child.raw, child.position, policy, reading)
    left_open = root.value.get("open")
    if left_open is not None:
        for child in left_open.value if isinstance(left_open.value, tuple) else (left_open,):
            _path(child.raw, child.position, policy, reading)
    differs = root.value.get("differs")
    if differs is not None and isinstance(differs.value, dict):
        for path in differs.value:
            _path(path, differs.key_position(path), policy, reading)


def _path(path: str, where: Position, policy: Policy, reading: Reading) -> None:
    if path not in policy.addresses:
        reading.unknown("clause", path, tuple(policy.addresses), where)
