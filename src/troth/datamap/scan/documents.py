"""What a sample of JSON documents holds, place by place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from troth.datamap.inside import Inside, is_key

_DEPTH = 5  # steps into a document; what lies deeper is for a person to find
_ELEMENTS = 20  # of a list


def places(values: Sequence[str]) -> Mapping[Inside, tuple[str, ...]]:
    """The texts and whole numbers that stand at each place of documents; empty unless every value is a document."""
    found = dict[Inside, tuple[str, ...]]()
    for value in values:
        document = _document(value)
        if document is None:
            return {}
        for place, leaf in _leaves(document, Inside()):
            found[place] = (*found.get(place, ()), leaf)
    return found


def _document(value: str) -> Mapping[str, Any] | Sequence[Any] | None:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _leaves(value: object, place: Inside) -> Iterator[tuple[Inside, str]]:
    if isinstance(value, dict) and len(place.keys) + len(place.then) < _DEPTH:
        for key, one in value.items():
            if is_key(key):
                yield from _leaves(one, _below(place, key))
    elif isinstance(value, list) and not place.each:
        for one in value[:_ELEMENTS]:
            yield from _leaves(one, Inside(place.keys, each=True))
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield place, str(value)


def _below(place: Inside, key: str) -> Inside:
    if place.each:
        return Inside(place.keys, each=True, then=(*place.then, key))
    return Inside((*place.keys, key))
