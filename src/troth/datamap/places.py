"""Reads in which columns a reference stands, and where inside them."""

from __future__ import annotations

from collections.abc import Mapping

from troth.datamap.inside import Inside, inside
from troth.datamap.reading import Reading
from troth.policy.yaml_reader import Node

Places = tuple[tuple[str, Inside | None], ...]

_JSON_KEYS = ("json", "path", "each")
_PATH = 'write it like `$.customer.id`, `$.members[*].id`, or `$."a key with a . in it".id`'


def places(node: Node, fields: Mapping[str, Node], reading: Reading) -> Places:
    """A column, a place inside one, or a list of both."""
    nodes = node.value if isinstance(node.value, tuple) else (node,)
    found = tuple(_place(one, fields, reading) for one in nodes)
    if not found or len(set(found)) < len(found):
        reading.report("wrong-list", "name at least one field, and each only once", node.position)
    if len({(column, place.keys) for column, place in found if place is not None and place.each}) > 1:
        hint = "make them two references, or map a table of links"
        reading.report("two-lists", "a reference goes through one list at most", node.position, hint)
    return found


def _place(node: Node, fields: Mapping[str, Node], reading: Reading) -> tuple[str, Inside | None]:
    if not isinstance(node.value, dict):
        return reading.choice(node, "field", fields), None
    if "array" in node.value:
        keys = reading.mapping(node, "an array", ("array",), needed=("array",))
        return reading.choice(keys["array"], "field", fields), Inside(each=True)
    keys = reading.mapping(node, "a place in JSON", _JSON_KEYS, needed=("json",))
    column = reading.choice(keys["json"], "field", fields) if "json" in keys else ""
    return column, _inside(keys, reading)


def _inside(keys: Mapping[str, Node], reading: Reading) -> Inside:
    path = keys.get("path")
    each = "[*]" if reading.yes(keys.get("each"), "each", otherwise=False) else ""
    found = inside((reading.text(path) if path is not None else "$") + each)
    if found is None and path is not None:
        reading.report("bad-path", "this leads to no place in a document", path.position, _PATH)
    return found or Inside()
