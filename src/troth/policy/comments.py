"""The comments of a YAML text, and the line of the text that each of them belongs to.

A comment on a line of its own belongs to the key or list member after it, one at the end of a line to the key or
member that begins the line. So a comment moves with what it speaks of.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from troth.policy.yaml_reader import Node

Place = tuple[int, int, int]
"""Line and column, from 1, of a list member (0) or a key (1): a member that is a mapping begins where its key does."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML 1.1, and so libyaml, counts as the end of a line


@dataclass(frozen=True)
class Comment:
    """`text` begins with `#`; `alone` on its line, with a `gap` of empty lines before it."""

    line: int
    column: int
    text: str
    alone: bool
    gap: bool


@dataclass
class Remarks:
    """What stands beside one key or list member: lines above it (empty ones between groups), one at its end."""

    above: list[str] = field(default_factory=list)
    beside: str | None = None
    gap: bool = False

    @property
    def silent(self) -> bool:
        """Whether there is no comment."""
        return not self.above and self.beside is None


@dataclass(frozen=True)
class Annotated:
    """The comments of a file by the place of the key or member, those that head the file, and those at its end."""

    header: tuple[str, ...]
    of: Mapping[Place, Remarks]
    footer: Remarks


def key_place(node: Node, key: str) -> Place:
    """Where a mapping has `key`."""
    where = node.key_position(key)
    return where.line, where.column, 1


def member_place(member: Node) -> Place:
    """Where a member of a list begins."""
    return member.position.line, member.position.column, 0


def comments(text: str) -> tuple[Comment, ...]:
    """Every comment of a text that the reader has read, in order."""
    lines = _BREAK.split(text)
    found: list[Comment] = []
    for line, start in _gaps(text, lines):
        raw = lines[line]
        at = raw.find("#", start)
        if at >= 0:
            alone = not raw[:at].strip()
            gap = alone and line > 0 and not lines[line - 1].strip()
            found.append(Comment(line + 1, at + 1, raw[at:].rstrip(), alone, gap))
    return tuple(found)


def annotated(text: str, root: Node) -> Annotated:
    """The comments of `text`, which was read as `root`, by what they belong to."""
    lines = _BREAK.split(text)
    entries = dict(_entries(root))
    places = sorted(entries)
    of = {place: Remarks(gap=_gap(lines, place)) for place in places}
    footer = Remarks()
    header: list[str] = []
    for comment in comments(text):
        after = bisect.bisect_left(places, (comment.line, comment.column, 0))
        if not comment.alone and after:
            _beside(of[_line_of(places, after, comment.line)], comment)
        elif comment.alone and after and _splits(comment, entries[places[after - 1]]):
            _above(of[places[after - 1]], comment)
        else:
            _above(of[places[after]] if after < len(places) else footer, comment)
    for member in _grouped(root):
        _gather(member, of)
    if places:
        header = _header(of[places[0]])
    return Annotated(tuple(header), of, footer)


def _gaps(text: str, lines: list[str]) -> Iterator[tuple[int, int]]:
    """Line and column from which a comment may begin: whatever no token covers, and the heads of block texts."""
    line, column = 0, 0
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        begin, end = token.start_mark, token.end_mark
        yield from _between(line, column, begin.line, begin.column, lines)
        if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            yield begin.line, begin.column
        line, column = end.line, end.column
    yield from _between(line, column, len(lines), 0, lines)


def _between(line: int, column: int, last: int, end: int, lines: list[str]) -> Iterator[tuple[int, int]]:
    for n in range(line, min(last, len(lines) - 1) + 1):
        start = column if n == line else 0
        if n < last or "#" in lines[n][start:end]:
            yield n, start


def _entries(node: Node) -> Iterator[tuple[Place, Node]]:
    """Every key and every list member with its value."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield key_place(node, key), child
            yield from _entries(child)
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield member_place(child), child
            yield from _entries(child)


def _grouped(node: Node) -> Iterator[Node]:
    """The outermost list members that are collections themselves; the policy language has none."""
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from _grouped(child)
    elif isinstance(node.value, tuple):
        yield from (child for child in node.value if isinstance(child.value, dict | tuple))


def _gather(member: Node, of: Mapping[Place, Remarks]) -> None:
    """Everything said in and beside the member goes above it: below its dash a comment has no settled place."""
    gathered: list[str] = []
    own = of[member_place(member)]
    gap = own.gap and bool(own.above)
    for remarks in (own, *(of[place] for place, _ in _entries(member))):
        gathered += [line for line in remarks.above if line]
        gathered += [remarks.beside] if remarks.beside else []
        remarks.above, remarks.beside, remarks.gap = [], None, False
    own.above, own.gap = gathered, gap


def _gap(lines: list[str], place: Place) -> bool:
    """Whether an empty line stands above what begins this line, be it with a dash."""
    line, column, _ = place
    return line > 1 and not lines[line - 1][: column - 1].strip(" -") and not lines[line - 2].strip()


def _line_of(places: list[Place], after: int, line: int) -> Place:
    """The first key or member on the line of the comment; the last one before it if the line begins with none."""
    first = bisect.bisect_left(places, (line, 0, 0))
    return places[first] if first < after else places[after - 1]


def _splits(comment: Comment, value: Node) -> bool:
    """Whether the comment stands between the key before it and that key's own plain value."""
    where = value.position
    plain_value = not isinstance(value.value, dict | tuple)
    return plain_value and (comment.line, comment.column) < (where.line, where.column)


def _beside(remarks: Remarks, comment: Comment) -> None:
    if remarks.beside is None:
        remarks.beside = comment.text
    else:
        remarks.above.append(comment.text)


def _above(remarks: Remarks, comment: Comment) -> None:
    """The empty line before the first comment above becomes the one before the whole; later ones part groups."""
    if not remarks.above:
        remarks.above.append(comment.text)
        if remarks.gap:
            remarks.above.append("")
        remarks.gap = comment.gap
        return
    waiting = remarks.above.pop() if remarks.above[-1] == "" else None
    if comment.gap:
        remarks.above.append("")
    remarks.above.append(comment.text)
    if waiting is not None:
        remarks.above.append(waiting)


def _header(first: Remarks) -> list[str]:
    """What stands above the first key and apart from it heads the file, whichever key will be the first."""
    ends = [n for n, line in enumerate(first.above) if not line]
    if not ends:
        first.gap = False
        return []
    header = first.above[: ends[-1]]
    first.above = first.above[ends[-1] + 1 :]
    first.gap = True
    return header
