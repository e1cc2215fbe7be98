"""What a column holds: a guess from its name, its comment and a sample of its values, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from troth.datamap.live import LiveColumn, LiveSchema
from troth.datamap.scan.documents import places
from troth.datamap.scan.recognise import recognised
from troth.datamap.scan.words import called, item_of, notions, parts
from troth.policy.model import Policy

_SURE = 0.5
"""From here on a guess is drafted as a fact; below it the column is left technical, and the doubt is said."""

_BY_SHAPE, _BY_DICTIONARY = 0.9, 0.6
"""How far values are believed: what looks like a name may be what a column of nicknames or of shops holds."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a column besides its type: its comment, and some values that are not NULL (personal data)."""

    comment: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Catalogue:
    """A live database as a scan sees it."""

    live: LiveSchema
    seen: Mapping[tuple[str, str], Seen]
    labels: Mapping[str, str]
    """Comments of tables."""


@dataclass(frozen=True)
class Guess:
    """An item of the policy (None: technical), the notion behind it, and how sure the guess is, from 0 to 1."""

    item: str | None
    notion: str | None
    sure: float
    reason: str


@dataclass(frozen=True)
class _Hint:
    notion: str | None
    item: str | None
    weight: float
    reason: str


def guess(column: str, live: LiveColumn, seen: Seen, policy: Policy) -> Guess:
    """The best guess for a column. Two hints at the same item make it surer than either."""
    by_values = (*_by_values(live, seen, policy), *_by_places(seen, policy))
    hints = (*by_values, *_by_item(column, policy), *_by_words(column, seen, policy))
    if not hints:
        return Guess(None, None, 0.5, "nothing speaks for personal data")
    best = max(dict.fromkeys(hint.item for hint in hints), key=lambda item: _sum(hints, item))
    found = [hint for hint in hints if hint.item == best]
    sure, reason = _sum(hints, best), "; ".join(hint.reason for hint in found)
    notion = next((hint.notion for hint in found if hint.notion), None)
    if best is None:
        return Guess(None, notion, sure, f"{reason}; the policy has no item for it")
    return Guess(best, notion, sure, reason) if sure >= _SURE else Guess(None, notion, sure, f"`{best}`? {reason}")


def _sum(hints: Sequence[_Hint], item: str | None) -> float:
    left = 1.0
    for hint in hints:
        if hint.item == item:
            left *= 1 - hint.weight
    return round(1 - left, 2)


def _by_values(live: LiveColumn, seen: Seen, policy: Policy) -> list[_Hint]:
    if live.kind not in ("text", "integer", "other"):
        return []
    found = recognised(seen.values)
    if found is None:
        return []
    name, number = found
    weight = (_BY_DICTIONARY if name == "name" else _BY_SHAPE) * number / len(seen.values)
    reason = f"{number} of {len(seen.values)} values look like `{name}`"
    return [_Hint(name, item_of(notions()[name], policy), weight, reason)]


def _by_places(seen: Seen, policy: Policy) -> Iterator[_Hint]:
    """What stands at the places of documents: a document is of whom any of them tells."""
    for place, values in places(seen.values).items():
        found = recognised(values)
        if found is not None and found[0] != "name":
            item = item_of(notions()[found[0]], policy)
            yield _Hint(found[0], item, 0.6, f"values at `{place.path}` look like `{found[0]}`")


def _by_item(column: str, policy: Policy) -> list[_Hint]:
    """The column is called as the policy calls an item."""
    called_so = (item for item in policy.items if parts(item.rpartition(".")[2]) == parts(column))
    return [_Hint(None, item, 0.8, f"called like `{item}`") for item in called_so][:1]


def _by_words(column: str, seen: Seen, policy: Policy) -> list[_Hint]:
    hints = []
    for notion in notions().values():
        item = item_of(notion, policy)
        exact = parts(column) in notion.names
        if exact or called(notion, column):
            hints.append(_Hint(notion.name, item, 0.75 if exact else 0.5, f"called like `{notion.name}`"))
        if any(word in seen.comment for word in notion.zh) or (seen.comment and called(notion, seen.comment)):
            hints.append(_Hint(notion.name, item, 0.7, f"its comment speaks of `{notion.name}`"))
    return hints
