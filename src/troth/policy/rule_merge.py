"""How the value of a rule set is put into the value of its policy. Plain JSON in, plain JSON out."""

from __future__ import annotations

from collections.abc import Mapping

from troth.policy.model import Policy, RuleSet
from troth.policy.schema.addresses import addresses
from troth.policy.schema.records import FamilyShape, RecordShape, record
from troth.policy.schema.shapes import Shape
from troth.policy.yaml_reader import Json

HEAD = ("troth", "policy", "title", "updated", "languages", "controller")
"""What even a rule set that stands alone takes over."""

VOCABULARY = ("items", "categories", "purposes", "functions", "recipients", "permissions")
"""The sections whose members other sections name."""

_OWN = frozenset(record(RuleSet).keys) - frozenset(record(Policy).keys)


def apart(value: Mapping[str, Json]) -> dict[str, Json]:
    """The general rules, without any rule set."""
    return {key: child for key, child in value.items() if key != "rule_sets"}


def merged_value(value: Mapping[str, Json], name: str) -> dict[str, Json]:
    """The value of the policy that holds for the audience of the rule set.

    Families of lines are joined, a line of the same name replaced; a record such as `requests` is replaced key by
    key; everything else is what the rule set says, if it says anything.
    """
    sets = value["rule_sets"]
    assert isinstance(sets, dict)
    part = sets[name]
    assert isinstance(part, dict)
    general = apart(value)
    if part.get("alone"):
        general = {key: child for key, child in general.items() if key in HEAD and key not in part}
    without = part.get("without")
    for path in _list(without):
        general = removed(general, str(path))
    own = {key: child for key, child in part.items() if key not in _OWN}
    every = [str(one) for one in _list(value["languages"])]
    return _fitting(narrowed(_joined(record(Policy), general, own), every))


def _joined(shape: RecordShape, general: Mapping[str, Json], own: Mapping[str, Json]) -> dict[str, Json]:
    found = dict(general)
    for key, child in own.items():
        found[key] = _member(shape.keys[key].shape, found[key], child) if key in found else child
    return found


def _member(shape: Shape, general: Json, own: Json) -> Json:
    if isinstance(general, dict) and isinstance(own, dict):
        if isinstance(shape, FamilyShape):
            return {**general, **own}
        if isinstance(shape, RecordShape):
            return _joined(shape, general, own)
    return own


def removed(value: Mapping[str, Json], path: str) -> dict[str, Json]:
    """The value without the clause at `path`; the whole value if it has none."""
    found: dict[str, Json] = {}
    for key, child in value.items():
        if key == path:
            continue
        inside = path.removeprefix(f"{key}.")
        found[key] = removed(child, inside) if inside != path and isinstance(child, dict) else child
    return found


def narrowed(value: dict[str, Json], every: list[str]) -> dict[str, Json]:
    """The value with every text in the value's own languages only, where it was in `every` language."""
    wanted = [str(one) for one in _list(value["languages"])]
    return value if set(wanted) == set(every) else _in(value, frozenset(every), wanted)


def _fitting(value: dict[str, Json]) -> dict[str, Json]:
    """The value without words about languages and clauses that it no longer has."""
    languages = [str(one) for one in _list(value["languages"])]
    paths = addresses(value, tuple(languages))
    found = dict(value)
    if value.get("prevails") not in languages:
        found.pop("prevails", None)
    found["translated"] = [one for one in _list(value.get("translated")) if one in languages]
    found["open"] = [one for one in _list(value.get("open")) if one in paths]
    found["differs"] = {one: text for one, text in _mapping(value.get("differs")).items() if one in paths}
    found["only_in"] = {
        one: [path for path in _list(listed) if path in paths]
        for one, listed in _mapping(value.get("only_in")).items()
        if one in languages
    }
    return {key: child for key, child in found.items() if child or key in value}


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _in(value: Mapping[str, Json], every: frozenset[str], wanted: list[str]) -> dict[str, Json]:
    if value and value.keys() == every:
        return {language: value[language] for language in wanted}
    return {key: _in(child, every, wanted) if isinstance(child, dict) else child for key, child in value.items()}
