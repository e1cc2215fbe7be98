"""Two versions of a document side by side, in one language: what stands at the same clause stands in one row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from troth.notice.model import (
    TITLE,
    Block,
    Bullets,
    Cell,
    Fact,
    Facts,
    Line,
    Outline,
    Paragraph,
    Row,
    Section,
    Table,
    plain,
)
from troth.notice.outline import outline
from troth.notice.render import css
from troth.notice.speech import speech
from troth.policy.model import Policy

MOST_COMPARISONS = 4_000_000
"""So many pairs of words are compared within one text; longer texts that differ are marked as a whole."""

Mark = Literal["same", "ins", "del"]
Standing = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class Stated:
    """One version as it is compared: the policy, how the version is called, and when it was published."""

    policy: Policy
    version: str
    published: date | None = None


@dataclass(frozen=True)
class Place:
    """What stands at one place of a document; `level` is that of a heading, 0 for other text.

    `key` is the anchor of the clause, or the anchor before it with a number where a text has none of its own.
    """

    key: str
    text: str
    anchor: str | None
    level: int = 0


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
    """
    before, after = ({place.key: place for place in _places(each)} for each in (old, new))
    pairs = [_pair(before.get(key), after.get(key)) for key in _aligned(list(before), list(after))]
    return tuple(_numbered(pairs))


def compare(
    old: Stated,
    new: Stated,
    language: str,
    *,
    stylesheet: str | None = None,
) -> str:
    """A page that stands alone, with both versions side by side and every change marked for eyes and for ears.

    `stylesheet` is the address from which `compare_css()` is served; without one the style is inside the page. The page
    has no script. Raises InputError `notice.no-language`.
    """
    documents = [outline(one.policy, language, version=one.version, published=one.published) for one in (old, new)]
    pairs = compared(*documents)
    return (
        _templates()
        .get_template("compare.html.j2")
        .render(
            title=documents[1].title,
            language=language,
            versions=(old.version, new.version),
            pairs=pairs,
            changes=tuple(pair for pair in pairs if pair.standing != "same"),
            say=_SAID[language],
            skip=speech(language).plain("page.skip"),
            stylesheet=stylesheet,
            css=Markup(compare_css()),  # noqa: S704 (files of this package)
        )
    )


@cache
def compare_css() -> str:
    """The stylesheet of the page: that of the documents, and the marks."""
    return css() + files("troth.notice").joinpath("templates", "compare.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("troth.notice"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


def _places(document: Outline) -> Iterator[Place]:
    """Every text of the document by its key, in order."""
    places = _Keys(_SAID[document.language]["colon"])
    yield from places.at(TITLE, document.title, 1)
    for block in (Facts(document.about), *document.lead):
        yield from places.block(block)
    for section in document.sections:
        yield from places.section(section, 2)


class _Keys:
    """Gives each text a key: its own anchor, else the last anchor with a running number."""

    def __init__(self, colon: str) -> None:
        self._colon = colon
        self._last = TITLE
        self._since = 0

    def at(self, anchor: str | None, text: str, level: int = 0) -> Iterator[Place]:
        if not text:
            return
        if anchor is None:
            self._since += 1
            yield Place(f"{self._last} {self._since}", text, None, level)
        else:
            self._last, self._since = anchor, 0
            yield Place(anchor, text, anchor, level)

    def section(self, section: Section, level: int) -> Iterator[Place]:
        yield from self.at(section.anchor, section.heading, level)
        for block in section.blocks:
            yield from self.block(block)
        for one in section.sections:
            yield from self.section(one, level + 1)

    def block(self, block: Block) -> Iterator[Place]:
        match block:
            case Paragraph():
                yield from self.at(block.anchor, plain(block.line))
            case Bullets():
                for n, one in enumerate(block.items):
                    yield from self.at(one.anchor or (block.anchor if n == 0 else None), plain(one.line))
            case Facts():
                for entry in block.entries:
                    yield from self._fact(entry)
            case Table():
                for row in block.rows:
                    yield from self._row(block.columns, row)

    def _fact(self, fact: Fact) -> Iterator[Place]:
        """The term with what is told of it; what is a clause of its own stands apart."""
        own = [one.line for one in fact.told if one.anchor is None]
        yield from self.at(fact.anchor, self._under(plain(fact.term), own) or plain(fact.term))
        for one in fact.told:
            if one.anchor is not None:
                yield from self.at(one.anchor, plain(one.line))

    def _row(self, columns: Sequence[str], row: Row) -> Iterator[Place]:
        head, *others = row.cells
        yield from self._cell(row.anchor, "", head)
        for column, cell in zip(columns[1:], others, strict=True):
            yield from self._cell(None, column, cell)

    def _cell(self, anchor: str | None, column: str, cell: Cell) -> Iterator[Place]:
        """The lines of a cell together; one that is a clause of its own stands apart."""
        yield from self.at(anchor, self._under(column, [one.line for one in cell if one.anchor is None]))
        for one in cell:
            if one.anchor is not None:
                yield from self.at(one.anchor, self._under(column, [one.line]))

    def _under(self, head: str, lines: list[Line]) -> str:
        """Lines with the head of their column or their term, if there are any."""
        text = "\n".join(map(plain, lines))
        return f"{head}{self._colon}{text}" if head and text else text


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


_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "heading": "What changes",
        "old": "Before: version {version}",
        "new": "Now: version {version}",
        "none": "The two versions say the same.",
        "count": "{count} places differ. Each is marked and numbered below.",
        "one": "1 place differs. It is marked and numbered below.",
        "list": "Go to change",
        "ins": "[new: ",
        "ins-end": "]",
        "del": "[removed: ",
        "del-end": "]",
        "same": "Unchanged",
        "changed": "Change {number}",
        "added": "Change {number}: new",
        "removed": "Change {number}: removed",
        "nothing": "nothing",
        "colon": ": ",
    },
    "zh": {
        "heading": "变更内容",
        "old": "变更前：版本 {version}",
        "new": "变更后：版本 {version}",
        "none": "两个版本内容相同。",
        "count": "共有 {count} 处不同，均在下文标明并编号。",
        "one": "共有 1 处不同，在下文标明并编号。",
        "list": "查看变更",
        "ins": "［新增：",
        "ins-end": "］",
        "del": "［删去：",
        "del-end": "］",
        "same": "未变",
        "changed": "变更 {number}",
        "added": "变更 {number}：新增",
        "removed": "变更 {number}：删除",
        "nothing": "无",
        "colon": "：",
    },
}
