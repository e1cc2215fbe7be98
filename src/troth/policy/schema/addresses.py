"""The address of every idea in a policy: the keys that lead to it, joined by dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.errors import Position
from troth.policy.yaml_reader import Json, Node


def addresses(value: Json, languages: tuple[str, ...]) -> Mapping[str, Json]:
    """By path, in alphabetical order: every mapping, list, text and word below the root of `value`."""
    return dict(sorted(_walk(value, frozenset(languages), "")))


def _walk(value: Json, languages: frozenset[str], prefix: str) -> Iterator[tuple[str, Json]]:
    if not isinstance(value, dict) or (value and value.keys() <= languages):
        return
    for key, child in value.items():
        path = f"{prefix}{key}"
        yield path, child
        yield from _walk(child, languages, f"{path}.")


def places(node: Node, languages: tuple[str, ...]) -> Mapping[str, Position]:
    """Where the key of each path is written."""
    return dict(_places(node, frozenset(languages), ""))


def _places(node: Node, languages: frozenset[str], prefix: str) -> Iterator[tuple[str, Position]]:
    if not isinstance(node.value, dict) or (node.value and node.value.keys() <= languages):
        return
    for key, child in node.value.items():
        path = f"{prefix}{key}"
        yield path, node.key_position(key)
        yield from _places(child, languages, f"{path}.")
