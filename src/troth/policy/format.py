"""A policy file in the house style: one order of keys, one way to write each thing, every comment kept.

Sections and the keys of a record stand in the order of the model; ids keep their author's order. A record, a text or a
list stands on one line if it fits; families of lines by id always have a line a member. A text is quoted only where
YAML needs it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from troth.policy.comments import Annotated, Remarks, annotated, key_place, member_place
from troth.policy.model import Policy
from troth.policy.schema.records import FamilyShape, ManyShape, RecordShape, record
from troth.policy.schema.shapes import LocalisedShape, Shape
from troth.policy.yaml_reader import Node, read, resolve

WIDTH = 120
"""The most columns of a line; a Chinese character takes two. A single text that is longer stays on its line."""

_STEP = "  "


def formatted(file: str, text: str) -> str:
    """The same file in the house style; a file that is in it already is given back as it is.

    What the file means, and every comment, is kept; a file that is not yet a sound policy keeps its unknown keys too.
    Raises the InputError of `troth.policy.yaml_reader.read` for what is not readable.
    """
    root = read(file, text)
    clean = text.removeprefix("\ufeff")
    remarks = annotated(clean, root)
    printer = _Printer(remarks, _languages(root))
    body = list(printer.members(root, record(Policy), ""))
    return "\n".join((*_top(remarks, body), *_bottom(remarks.footer))) + "\n"


def _top(remarks: Annotated, body: list[str]) -> Iterator[str]:
    """The head of the file and its lines, without an empty first line."""
    while body and not body[0]:
        del body[0]
    if remarks.header:
        yield from remarks.header
        yield ""
    yield from body or ["{}"]


def _bottom(footer: Remarks) -> Iterator[str]:
    if footer.above and footer.gap:
        yield ""
    yield from footer.above


def _languages(root: Node) -> tuple[str, ...]:
    """The order in which the file itself names its languages."""
    assert isinstance(root.value, dict)
    stated = root.value.get("languages")
    if stated is None:
        return ()
    return tuple(one.raw for one in (stated.value if isinstance(stated.value, tuple) else (stated,)))


class _Printer:
    """Writes nodes as lines. A shape says in which order keys stand; what has no shape keeps its order."""

    def __init__(self, remarks: Annotated, languages: tuple[str, ...]) -> None:
        self._of = remarks.of
        self._languages = languages

    def members(self, node: Node, shape: Shape | None, indent: str) -> Iterator[str]:
        """The lines of a collection that is not empty."""
        if isinstance(node.value, dict):
            for key, child in self._ordered(node, shape):
                remarks = self._of[key_place(node, key)]
                yield from self._entry(f"{_written(key, flow=False)}:", child, _inside(shape, key), indent, remarks)
        elif isinstance(node.value, tuple):
            for child in node.value:
                yield from self._entry("-", child, _member(shape), indent, self._of[member_place(child)])

    def _entry(self, head: str, node: Node, shape: Shape | None, indent: str, remarks: Remarks) -> Iterator[str]:
        line = self._one_line(head, node, shape, indent)
        if remarks.gap:
            yield ""
        for above in remarks.above:
            yield f"{indent}{above}" if above else ""
        beside = f"  {remarks.beside}" if remarks.beside else ""
        if line is not None:
            yield line + beside
            return
        yield f"{indent}{head}{beside}"
        yield from self.members(node, shape, indent + _STEP)

    def _one_line(self, head: str, node: Node, shape: Shape | None, indent: str) -> str | None:
        """The entry on one line, or nothing if it must be spread over several."""
        if not isinstance(node.value, dict | tuple):
            return f"{indent}{head} {_scalar(node, flow=False)}"
        if node.value and (not self._may_flow(node, shape)):
            return None
        line = f"{indent}{head} {self._flow(node, shape)}"
        return line if not node.value or _columns(line) <= WIDTH else None

    def _may_flow(self, node: Node, shape: Shape | None) -> bool:
        """No comment stands inside, and no family that is to have a line a member."""
        if not isinstance(node.value, dict | tuple):
            return True
        if node.value and isinstance(shape, FamilyShape):
            return False
        return all(
            remarks.silent and self._may_flow(child, inner) for child, inner, remarks in self._children(node, shape)
        )

    def _children(self, node: Node, shape: Shape | None) -> Iterator[tuple[Node, Shape | None, Remarks]]:
        if isinstance(node.value, dict):
            for key, child in node.value.items():
                yield child, _inside(shape, key), self._of[key_place(node, key)]
        elif isinstance(node.value, tuple):
            for child in node.value:
                yield child, _member(shape), self._of[member_place(child)]

    def _flow(self, node: Node, shape: Shape | None) -> str:
        if isinstance(node.value, dict):
            pairs = (
                f"{_written(key, flow=True)}: {self._flow(child, _inside(shape, key))}"
                for key, child in self._ordered(node, shape)
            )
            return f"{{{', '.join(pairs)}}}"
        if isinstance(node.value, tuple):
            return f"[{', '.join(self._flow(child, _member(shape)) for child in node.value)}]"
        return _scalar(node, flow=True)

    def _ordered(self, node: Node, shape: Shape | None) -> list[tuple[str, Node]]:
        assert isinstance(node.value, dict)
        order = self._order(shape)
        rank = {key: n for n, key in enumerate(order)}
        return sorted(node.value.items(), key=lambda pair: rank.get(pair[0], len(rank)))

    def _order(self, shape: Shape | None) -> tuple[str, ...]:
        if isinstance(shape, RecordShape):
            return tuple(shape.keys)
        return self._languages if isinstance(shape, LocalisedShape) else ()


def _inside(shape: Shape | None, key: str) -> Shape | None:
    """The shape of what stands under `key`."""
    if isinstance(shape, RecordShape):
        field = shape.keys.get(key)
        return field.shape if field else None
    return shape.member if isinstance(shape, FamilyShape) else None


def _member(shape: Shape | None) -> Shape | None:
    return shape.member if isinstance(shape, ManyShape) else None


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def _scalar(node: Node, *, flow: bool) -> str:
    """A number or a word of YAML as it was written, a text as it is written best."""
    if isinstance(node.value, str):
        return _written(node.value, flow=flow) if isinstance(_meaning(node.value), str) else _quoted(node.value)
    return node.raw or "null"


def _meaning(text: str) -> object:
    try:
        return resolve(text)
    except ValueError:
        return None


def _written(text: str, *, flow: bool) -> str:
    """Plain where a reader takes the same text from it, else in quotes."""
    unsafe = _UNSAFE_IN_FLOW if flow else _UNSAFE
    return _quoted(text) if not text or unsafe.search(text) else text


_BEGINNINGS = r"^[-?:,\[\]{}#&*!|>'\"%@`\s]|^\.\.\."
_SPECIAL = "[^\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_UNSAFE = re.compile(rf"{_BEGINNINGS}|:\s|:$|\s#|\s$|{_SPECIAL}")
_UNSAFE_IN_FLOW = re.compile(rf"{_UNSAFE.pattern}|[,\[\]{{}}]")
_ESCAPED = re.compile(_SPECIAL)


def _quoted(text: str) -> str:
    """Double quotes; single ones where those spare every backslash."""
    if ('"' in text or "\\" in text) and not _ESCAPED.search(text):
        return "'" + text.replace("'", "''") + "'"
    return _ESCAPED.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
