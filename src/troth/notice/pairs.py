"""Two documents row by row: what stands at the same place stands in one row, in pieces that say what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from troth.notice.model import Outline
from troth.notice.places import Place, places

MOST_COMPARISONS = 4_000_000
"""So many pairs of words are compared within one text; longer texts that differ are marked as a whole."""

Mark = Literal["same", "ins", "del"]
Standing = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """A run of text that both versions have, or only the new one (`ins`), or only the old one (`del`)."""

    text: str
    mark: Mark = "same"


@dataclass(frozen=True)
class Pair:
    """One row: the pieces of each version; none where a version has nothing here."""

    anchor: str | None
    level: int
    standing: Standing
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    number: int = 0


def compared(old: Outline, new: Outline) -> tuple[Pair, ...]:
    """The rows of two documents, in the order of the new one; what only the old one has stands where it stood.

    Every text of both is in exactly one row. Numbers of sections are no text: they move without a change of meaning.
    Nor are dates, version and hash: `particulars` gives them.
    """
    before, after = ({place.key: place for place in places(each)} for each in (old, new))
    pairs = [_pair(before.get(key), after.get(key)) for key in _aligned(list(before), list(after))]
    return tuple(_numbered(pairs))


def _aligned(old: list[str], new: list[str]) -> Iterator[str]:
    """All keys in the order of the new document; one that is gone follows the one that it followed."""
    there = set(new)
    gone: dict[str | None, list[str]] = {}
    last: str | None = None
    for key in old:
        if key in there:
            last = key
        else:
            gone.setdefault(last, []).append(key)
    yield from gone.get(None, ())
    for key in new:
        yield key
        yield from gone.get(key, ())


def _pair(old: Place | None, new: Place | None) -> Pair:
    one = new or old
    assert one is not None
    if old is None or new is None:
        standing: Standing = "added" if old is None else "removed"
        before = (Piece(old.text, "del"),) if old else ()
        after = (Piece(new.text, "ins"),) if new else ()
        return Pair(one.anchor, one.level, standing, before, after)
    if old.text == new.text:
        return Pair(one.anchor, one.level, "same", (Piece(old.text),), (Piece(new.text),))
    return Pair(one.anchor, one.level, "changed", *_pieces(old.text, new.text))


_WORD = re.compile(r"[^\W\u2e80-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
"""Words of alphabets, runs of space, and every other sign, Chinese characters among them, by itself."""


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, with what only one of them has marked."""
    one, other = _WORD.findall(old), _WORD.findall(new)
    if len(one) * len(other) > MOST_COMPARISONS:
        return (Piece(old, "del"),), (Piece(new, "ins"),)
    before: list[Piece] = []
    after: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = what == "equal"
        before += [Piece("".join(one[a:b]), "same" if same else "del")] if a < b else []
        after += [Piece("".join(other[c:d]), "same" if same else "ins")] if c < d else []
    return tuple(before), tuple(after)


def _numbered(pairs: list[Pair]) -> Iterator[Pair]:
    """Changes are numbered from 1, so that one can be linked and spoken of."""
    number = 0
    for pair in pairs:
        if pair.standing == "same":
            yield pair
        else:
            number += 1
            yield Pair(pair.anchor, pair.level, pair.standing, pair.old, pair.new, number)
