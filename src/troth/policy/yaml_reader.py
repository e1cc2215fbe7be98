"""YAML text to a tree of values that know where they stand; the only YAML reader of Troth.

Values follow the YAML 1.2 core schema: `no`, `on` and `2022-10-01` stay text; whoever reads a field decides
whether it is a date. Tags, anchors and aliases are refused, and so are texts without end: a policy is written by
people and says each thing where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from troth.base.errors import InputError, Position, Problem

Scalar = None | bool | int | float | str
Json = Scalar | list["Json"] | dict[str, "Json"]

MOST_CHARACTERS = 1_500_000
MOST_NODES = 60_000
DEEPEST = 40
LONGEST_SCALAR = 100_000
LARGEST_INTEGER = 2**53 - 1  # what canonical JSON can say exactly


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place. A mapping also keeps the place of each key, a scalar the text as it was written."""

    value: Scalar | tuple[Node, ...] | dict[str, Node]
    position: Position
    raw: str = ""
    keys: Mapping[str, Position] | None = None

    def key_position(self, key: str) -> Position:
        """Where `key` is written; the node's own place if it is not."""
        return (self.keys or {}).get(key, self.position)


def read(file: str, text: str) -> Node:
    """The one document in `text`; its root is a mapping.

    Raises InputError with every problem found: `yaml.syntax`, `yaml.encoding`, `yaml.duplicate-key`, `yaml.alias`,
    `yaml.tag`, `yaml.key`, `yaml.number`, `yaml.too-large`, `yaml.too-deep`, `yaml.many-documents`, `yaml.root`.
    """
    text = text.removeprefix("\ufeff")
    start = Position(file, 1, 1)
    _refuse_unreadable(text, start)
    builder = _Builder(file)
    try:
        root = builder.build(_events(text))
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, file) from None
    if root is None or not isinstance(root.value, dict):
        where = root.position if root else start
        builder.report("yaml.root", "the file is not a mapping", where, "begin with lines such as `key: value`")
    if builder.problems:
        raise InputError.of(tuple(builder.problems))
    assert root is not None
    return root


def plain(node: Node) -> Json:
    """The value without its places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child) for child in node.value]
    return node.value


def from_plain(value: object, where: Position) -> Node:
    """A tree of JSON values that a program made, all at `where`. Raises InputError `yaml.key` or `yaml.root`."""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise InputError("yaml.key", "a key of the value is not text", where=where)
        return Node({key: from_plain(child, where) for key, child in value.items()}, where, keys={})
    if isinstance(value, list | tuple):
        return Node(tuple(from_plain(child, where) for child in value), where)
    if value is None or isinstance(value, bool | int | float | str):
        return Node(value, where, raw=value if isinstance(value, str) else str(value))
    raise InputError("yaml.root", f"`{type(value).__name__}` is not a JSON value", where=where)


def _refuse_unreadable(text: str, start: Position) -> None:
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            "yaml.too-large", f"the file has more than {MOST_CHARACTERS} characters", hint="split it", where=start
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        where = _place(text, error.start, start.file)
        raise InputError("yaml.encoding", "the file is not UTF-8", hint="save it as UTF-8", where=where) from None


def _place(text: str, index: int, file: str) -> Position:
    before = text[:index]
    return Position(file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
    return events


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> InputError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(str(part) for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part)
    if mark is not None:
        where = Position(file, mark.line + 1, mark.column + 1)
        return InputError("yaml.syntax", said or "this is not YAML", hint="check indentation and quotes", where=where)
    # The reader found a character that YAML does not allow; it counts bytes, so the place is sought anew.
    found = _NOT_YAML.search(text)
    where = _place(text, found.start() if found else 0, file)
    return InputError("yaml.encoding", "the file holds a control character", hint="remove it", where=where)


_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Open:
    """A collection whose end has not been seen; for a mapping, `key` waits for its value."""

    __slots__ = ("children", "is_mapping", "key", "keys", "pairs", "position")

    def __init__(self, position: Position, *, is_mapping: bool) -> None:
        self.position = position
        self.is_mapping = is_mapping
        self.children: list[Node] = []
        self.pairs: dict[str, Node] = {}
        self.keys: dict[str, Position] = {}
        self.key: Node | None = None

    def close(self) -> Node:
        if self.is_mapping:
            return Node(self.pairs, self.position, keys=self.keys)
        return Node(tuple(self.children), self.position)


class _Builder:
    """Builds the tree from events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._nodes = 0

    def report(self, code: str, message: str, where: Position, hint: str = "") -> None:
        self.problems.append(Problem(code, message, hint, where))

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._place(self._scalar(event))
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._place(self._open.pop().close())
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.report("yaml.many-documents", "a second document begins", self._at(event), "use one file each")
                    break
        return self._root

    def _at(self, event: yaml.Event) -> Position:
        mark = event.start_mark
        assert mark is not None
        return Position(self.file, mark.line + 1, mark.column + 1)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        at = self._at(event)
        self._count(at)
        self._check_marks(event, at)
        if len(self._open) >= DEEPEST:
            raise InputError("yaml.too-deep", f"more than {DEEPEST} levels", hint="nest less", where=at)
        self._open.append(_Open(at, is_mapping=isinstance(event, yaml.MappingStartEvent)))

    def _alias(self, event: yaml.AliasEvent) -> None:
        at = self._at(event)
        self.report("yaml.alias", f"`*{event.anchor}` stands for something else", at, "write the value out")
        self._place(Node(None, at))

    def _check_marks(self, event: yaml.NodeEvent, at: Position) -> None:
        if event.anchor is not None:
            self.report("yaml.alias", f"`&{event.anchor}` names a value", at, "write the value out where it is needed")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.report("yaml.tag", f"`{tag}` is a tag", at, "write plain YAML without `!`")

    def _count(self, at: Position) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise InputError("yaml.too-large", f"more than {MOST_NODES} values", hint="split the file", where=at)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        at = self._at(event)
        self._count(at)
        self._check_marks(event, at)
        raw: str = event.value
        if len(raw) > LONGEST_SCALAR:
            self.report("yaml.too-large", f"a text of more than {LONGEST_SCALAR} characters", at, "shorten it")
            return Node("", at)
        if event.style is not None and event.style != "":
            return Node(raw, at, raw)
        try:
            return Node(resolve(raw), at, raw)
        except ValueError as error:
            self.report("yaml.number", f"`{raw[:40]}` {error}", at, "put it in quotes if it is a text")
            return Node(0, at, raw)

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if not parent.is_mapping:
            parent.children.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self._pair(parent, parent.key, node)
            parent.key = None

    def _pair(self, parent: _Open, key: Node, value: Node) -> None:
        if isinstance(key.value, dict | tuple) or not key.raw:
            self.report("yaml.key", "a key is not a word", key.position, "write a single word before the colon")
        elif key.raw in parent.pairs:
            first = parent.keys[key.raw]
            self.report(
                "yaml.duplicate-key", f"`{key.raw}` is already there", key.position, f"it is at line {first.line}"
            )
        else:
            parent.pairs[key.raw] = value
            parent.keys[key.raw] = key.position


def resolve(raw: str) -> Scalar:
    """What a plain scalar means in the YAML 1.2 core schema. Raises ValueError for a number that JSON cannot say."""
    if raw in _WORDS:
        return _WORDS[raw]
    if not raw or raw[0] not in "+-.0123456789":
        return raw
    for pattern, make in _NUMBERS:
        if pattern.fullmatch(raw):
            return make(raw)
    return raw


def _integer(base: int) -> Callable[[str], int]:
    def make(raw: str) -> int:
        if len(raw) > len(str(LARGEST_INTEGER)) * 2 or abs(number := int(raw, base)) > LARGEST_INTEGER:
            raise ValueError("is too large a number")
        return number

    return make


def _float(raw: str) -> float:
    number = float(raw)
    if number in (float("inf"), float("-inf")):
        raise ValueError("is too large a number")
    return number


def _no_number(_: str) -> float:
    raise ValueError("is not a number that JSON can say")


_WORDS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], Scalar]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), _integer(10)),
    (re.compile(r"0o[0-7]+"), _integer(8)),
    (re.compile(r"0x[0-9a-fA-F]+"), _integer(16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), _float),
    (re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"), _no_number),
)
