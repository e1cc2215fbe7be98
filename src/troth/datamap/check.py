"""Holds a data map against the policy whose items it places, and against the live database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from troth.base.errors import Problem
from troth.datamap.fit import erasure_misfits, misfits
from troth.datamap.live import LiveSchema
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.reading import hint_for
from troth.datamap.survey import survey
from troth.policy.clauses import clauses
from troth.policy.flows import flows
from troth.policy.model import Policy


def check(found: StoreMap, policy: Policy, live: LiveSchema) -> tuple[Problem, ...]:
    """All that is wrong with a map: unknown items and grounds, data that nobody leads to, a store that differs."""
    return (*against_policy(found, policy), *against_store(found, live))


def against_policy(found: StoreMap, policy: Policy) -> tuple[Problem, ...]:
    """Items and grounds that the policy does not know."""
    known = frozenset(clauses(policy))
    return tuple(
        problem
        for dataset in found.datasets.values()
        for problem in (*_unknown_items(dataset, policy), *_unknown_grounds(dataset, known))
    )


def against_store(found: StoreMap, live: LiveSchema) -> tuple[Problem, ...]:
    """Where map and database differ; what lies in tables that are not there cannot be looked into."""
    return misfits(found, live) or (*erasure_misfits(found, live), *survey(found, live))


def homeless(maps: Iterable[StoreMap], policy: Policy) -> tuple[Problem, ...]:
    """Items that the policy collects and no map places: a warning, for they may never be stored."""
    placed = {rule.item for found in maps for dataset in found.datasets.values() for rule in dataset.fields.values()}
    collected = {flow.item for flow in flows(policy) if flow.action == "collect"}
    return tuple(
        Problem("datamap.homeless-item", f"no store holds `{item}`", "map the column that holds it, if any does")
        for item in sorted(collected - placed)
    )


def _unknown_items(dataset: Dataset, policy: Policy) -> Iterator[Problem]:
    for column, rule in dataset.fields.items():
        if rule.item is not None and rule.item not in policy.items:
            where = f"`{column}` of `{dataset.name}` holds `{rule.item}`, which is no item of the policy"
            yield Problem("datamap.unknown-item", where, hint_for(rule.item, policy.items))


def _unknown_grounds(dataset: Dataset, known: frozenset[str]) -> Iterator[Problem]:
    rules = (rule.erase for rule in dataset.fields.values() if rule.erase is not None)
    for ground in dict.fromkeys(erasure.ground for erasure in (dataset.erase, *rules)):
        if ground is not None and ground not in known:
            message = f"`{dataset.name}` keeps data on the ground `{ground}`, which is no clause of the policy"
            yield Problem("datamap.unknown-ground", message, hint_for(ground, known))
