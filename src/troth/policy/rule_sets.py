"""A policy as one audience reads it: the general rules with those of one rule set put in."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from troth.base.errors import InputError
from troth.policy.model import Policy
from troth.policy.read import from_value
from troth.policy.rule_merge import HEAD, VOCABULARY, apart, merged_value
from troth.policy.yaml_reader import Json

_ABOUT = frozenset({"label", "audience", "region", "alone", "without", "languages", "translated"})
"""What a rule set says about itself; every text of a policy exists in all of the policy's languages."""

_KEYED = frozenset({"for", "to"})
"""The keys of a matrix under which names stand as keys."""


def rule_set(policy: Policy, name: str | None = None) -> Policy:
    """What holds for the audience of the rule set `name`; the general rules without one. It has no rule sets itself.

    Raises InputError `policy.unknown-rule-set`.
    """
    if name is None and not policy.rule_sets:
        return policy
    if name not in policy.views:
        value = apart(policy.value) if name is None else merged_value(policy.value, known(policy, name))
        policy.views[name] = from_value(value)
    return policy.views[name]


def own_part(policy: Policy, name: str) -> Policy:
    """Only what the rule set itself says, with the general items, purposes and recipients that it names."""
    part = _part(policy, known(policy, name))
    head = {key: policy.value[key] for key in HEAD if key in policy.value}
    return from_value({**head, **part, **_named(policy.value, part)})


def address(policy: Policy, name: str | None, path: str) -> str:
    """Where the whole policy says what `rule_set(policy, name)` says at `path`."""
    inside = f"rule_sets.{name}.{path}"
    return inside if name is not None and inside in policy.addresses else path


def known(policy: Policy, name: str) -> str:
    """The name, if it is one of the policy's rule sets. Raises InputError `policy.unknown-rule-set`."""
    if name in policy.rule_sets:
        return name
    close = difflib.get_close_matches(name[:200], policy.rule_sets, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"one of {', '.join(f'`{one}`' for one in policy.rule_sets)}"
    raise InputError("policy.unknown-rule-set", f"the policy has no rule set `{name[:200]}`", hint=hint)


def _part(policy: Policy, name: str) -> dict[str, Json]:
    sets = policy.value["rule_sets"]
    assert isinstance(sets, dict)
    part = sets[name]
    assert isinstance(part, dict)
    return {key: value for key, value in part.items() if key not in _ABOUT}


def _named(general: Mapping[str, Json], part: Mapping[str, Json]) -> dict[str, Json]:
    """The general vocabulary that the part names, and what that names in turn."""
    languages = frozenset(word for word in _words(general["languages"], frozenset()))
    found: dict[str, dict[str, Json]] = {}
    waiting: list[Json] = [dict(part)]
    while waiting:
        for word in _words(waiting.pop(), languages):
            for section in VOCABULARY:
                family = general.get(section)
                if isinstance(family, dict) and word in family and word not in found.setdefault(section, {}):
                    found[section][word] = family[word]
                    waiting.append(family[word])
    named: dict[str, Json] = {}
    for section, family in found.items():
        own = part.get(section)
        named[section] = {**family, **(own if isinstance(own, dict) else {})}
    return {key: value for key, value in named.items() if value}


def _words(value: Json, languages: frozenset[str], *, names: bool = False) -> list[str]:
    """Every word that may be a name: members of lists, single values, and the keys of a matrix; no texts."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [word for child in value for word in _words(child, languages)]
    if not isinstance(value, dict) or value.keys() <= languages:
        return []
    inside = [word for key, child in value.items() for word in _words(child, languages, names=key in _KEYED)]
    return [*value, *inside] if names else inside
