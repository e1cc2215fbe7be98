"""The JSON Schema of the language: every example is valid under it, and a mistake of form is not."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.policy.support import ROOT, kaiconn
from troth.policy.merge import merged
from troth.policy.model import Policy
from troth.policy.schema.json_schema import json_schema
from troth.policy.schema.records import record
from troth.policy.yaml_reader import plain

SCHEMA: dict[str, Any] = json_schema()
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if (path / "policy.yaml").exists())
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def faults(value: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """A slow and obvious reading of the parts of JSON Schema that the language uses."""
    if "$ref" in schema:
        yield from faults(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema and all(list(faults(value, one, at)) for one in schema["anyOf"]):
        yield f"{at}: none of the alternatives"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: `{value}` is no choice"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not `{schema['const']}`"
    kinds = schema.get("type", [])
    wanted = [one for kind in ([kinds] if isinstance(kinds, str) else kinds) for one in _TYPES[kind]]
    if wanted and not isinstance(value, tuple(wanted)):
        yield f"{at}: {type(value).__name__} is no {kinds}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: `{value}` is not of the form"
    if isinstance(value, dict):
        yield from _members(value, schema, at)
    if isinstance(value, list | tuple) and "items" in schema:
        for number, child in enumerate(value):
            yield from faults(child, schema["items"], f"{at}[{number}]")


def _members(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    for key in schema.get("required", []):
        if key not in value:
            yield f"{at}: no `{key}`"
    for key, child in value.items():
        if key in schema.get("properties", {}):
            yield from faults(child, schema["properties"][key], f"{at}.{key}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: unknown `{key}`"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from faults(child, schema["additionalProperties"], f"{at}.{key}")


def as_written(name: str) -> Any:
    paths = [path for path in (ROOT / "examples" / name).glob("*.yaml") if path.stem not in {"promises", "findings"}]
    root, _ = merged({path.name: path.read_text("utf-8") for path in paths})
    return plain(root)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_as_it_is_written(name: str) -> None:
    assert list(faults(as_written(name), SCHEMA)) == []


def test_the_value_of_a_policy_is_valid() -> None:
    assert list(faults(kaiconn().value, SCHEMA)) == []


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("updated", "yesterday"),
        ("title", []),
        ("functions", {"register": {"label": "x"}}),
        ("items", {"a": {"label": "a", "sensitive": "very"}}),
        ("minors", {"below": -1.5, "rule": "barred"}),
        ("acceptance", "maybe"),
        ("unheard-of", 1),
        ("rule_sets", {"a": {"label": "a", "rights": {"access": {"labl": "x"}}}}),
    ],
)
def test_a_mistake_of_form_is_not_valid(key: str, wrong: Any) -> None:
    value = copy.deepcopy(kaiconn().value)
    value[key] = wrong
    assert list(faults(value, SCHEMA))


def test_a_missing_key_is_not_valid() -> None:
    value = {key: child for key, child in kaiconn().value.items() if key != "languages"}
    assert list(faults(value, SCHEMA)) == [": no `languages`"]


def test_it_has_every_key_of_the_language_and_says_what_records_mean() -> None:
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert set(SCHEMA["$defs"]["Policy"]["properties"]) == set(record(Policy).keys)
    assert all(len(one["description"]) > 10 for one in SCHEMA["$defs"].values())
    named = set(re.findall(r"#/\$defs/(\w+)", str(SCHEMA)))
    assert named == set(SCHEMA["$defs"])
