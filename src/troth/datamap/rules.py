"""Reads what a data map says of one column, and how rows and columns are erased."""

from __future__ import annotations

import re

from troth.datamap.generalise import UNITS
from troth.datamap.model import Erasure, Field, Method
from troth.datamap.reading import Reading
from troth.policy.yaml_reader import Node

_FIELD_KEYS = ("item", "erase", "disclose")
_METHODS: tuple[Method, ...] = ("delete", "null", "redact", "generalise", "pseudonymise", "keep")
_STEP = re.compile(r"[1-9]\d{0,8}")
_GENERALISE = "write `{generalise: month}`, `year`, or how many characters stay, or by which steps numbers go"


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
    """`delete`, `null`, `redact`, `pseudonymise`, `{generalise: <to>}`, or `{keep: <clause>}`."""
    if isinstance(node.value, dict):
        return _with_detail(node, reading)
    reading.choice(node, "method", _METHODS)
    if node.raw == "keep":
        hint = "write `{keep: <clause of the policy>}`"
        reading.report("no-ground", "what is kept needs a ground", node.position, hint)
    if node.raw == "generalise":
        reading.report("no-detail", "nothing says how far it is generalised", node.position, _GENERALISE)
    return Erasure(next((one for one in _METHODS if one == node.raw), "delete"))


def _with_detail(node: Node, reading: Reading) -> Erasure:
    needed = () if isinstance(node.value, dict) and "generalise" in node.value else ("keep",)
    keys = reading.mapping(node, "a rule of erasure", ("keep", "generalise"), needed=needed)
    if len(keys) > 1:
        reading.report("two-rules", "it is either kept or generalised", node.position, "leave one out")
    if "generalise" not in keys:
        return Erasure("keep", reading.text(keys.get("keep")) or "")
    to = reading.text(keys["generalise"])
    if to and to not in UNITS and not _STEP.fullmatch(to):
        reading.report(
            "no-detail", f"nothing can be generalised to `{to[:40]}`", keys["generalise"].position, _GENERALISE
        )
    return Erasure("generalise", to=to)
