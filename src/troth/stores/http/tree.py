"""The tree in which such a service tells what it holds: nodes with a `key` and either `children` or a `value`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from troth.stores.model import Plain, Row


def leaves(node: Any, above: str = "") -> Iterator[tuple[str, Plain]]:
    """Every value with the path of keys that leads to it, `PROFILE.EMAIL`. Raises ValueError if it is no such tree."""
    if isinstance(node, list):
        for one in node:
            yield from leaves(one, above)
        return
    if not isinstance(node, Mapping) or not isinstance(node.get("key"), str):
        raise ValueError("no tree")  # noqa: TRY004 - one failure, whatever is wrong with it
    path = f"{above}.{node['key']}" if above else node["key"]
    if "children" in node:
        yield from leaves(node["children"], path)
    elif node.get("value") is None or isinstance(node["value"], str | int | float | bool):
        yield path, node.get("value")
    else:
        raise ValueError("no tree")


def tree(name: str, rows: Iterable[Row]) -> dict[str, Any] | None:
    """Rows of a store as such a tree: under its name the datasets, under those the rows. None if there are none."""
    datasets = dict[str, list[dict[str, Any]]]()
    for row in rows:
        values = [{"key": column, "value": value} for column, value in row.values.items()]
        datasets.setdefault(row.dataset, []).append({"key": row.dataset, "children": values})
    children = [{"key": dataset, "children": found} for dataset, found in datasets.items()]
    return {"key": name, "children": children} if children else None
