"""Reads what a data map says of one column, and how rows and columns are erased."""

from __future__ import annotations

from troth.datamap.model import Erasure, Field, Method
from troth.datamap.reading import Reading
from troth.policy.yaml_reader import Node

_FIELD_KEYS = ("item", "erase", "disclose")
_METHODS: tuple[Method, ...] = ("delete", "null", "redact", "keep")


def field(node: Node, reading: Reading) -> Field:
    """A column: the id of an item, `none` for a technical column, or a mapping that says more."""
    if not isinstance(node.value, dict):
        return Field(_item(node, reading))
    keys = reading.mapping(node, "a field", _FIELD_KEYS, needed=("item",))
    rule = erasure(keys["erase"], reading) if "erase" in keys else None
    if rule is not None and rule.method == "delete":
        hint = "write `null` or `redact`, or delete the rows of the dataset"
        reading.report("field-deleted", "a single field cannot be deleted", keys["erase"].position, hint)
    return Field(
        item=_item(keys["item"], reading) if "item" in keys else None,
        erase=rule,
        disclose=reading.choice(keys["disclose"], "rule", ("never",)) != "never" if "disclose" in keys else True,
    )


def _item(node: Node, reading: Reading) -> str | None:
    word = reading.text(node)
    return None if word == "none" else word


def erasure(node: Node, reading: Reading) -> Erasure:
    """`delete`, `null`, `redact`, or `{keep: <clause>}`."""
    if isinstance(node.value, dict):
        keys = reading.mapping(node, "a rule of erasure", ("keep",), needed=("keep",))
        return Erasure("keep", reading.text(keys.get("keep")) or "")
    reading.choice(node, "method", _METHODS)
    if node.raw == "keep":
        hint = "write `{keep: <clause of the policy>}`"
        reading.report("no-ground", "what is kept needs a ground", node.position, hint)
    return Erasure(next((one for one in _METHODS if one == node.raw), "delete"))
