"""The shapes of lists, of families of records by id, and of records; all compiled once from type annotations."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Literal, Union, cast, get_args, get_origin, get_type_hints

from troth.base.period import Period
from troth.policy.schema.context import FAILED, Failed, Reading
from troth.policy.schema.marks import (
    ClausePath,
    Fact,
    Form,
    LanguageCode,
    Localised,
    MonthWillDo,
    OfLaw,
    OneOf,
    Ordered,
    Ref,
)
from troth.policy.schema.shapes import (
    BoolShape,
    ChoiceShape,
    CountShape,
    DateShape,
    DayOrMonthShape,
    DeadlineShape,
    FactShape,
    FormShape,
    LocalisedShape,
    PeriodShape,
    RefShape,
    Shape,
    TextShape,
    WordOrShape,
    singular,
)
from troth.policy.yaml_reader import Json, Node

RESERVED_IDS = frozenset({"all", "unstated"})
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class ManyShape(Shape):
    """A list; a single value stands for a list of one. Without order, it is a set: sorted, nothing twice."""

    member: Shape
    ordered: bool

    def read(self, node: Node, reading: Reading) -> tuple[object, ...] | Failed:
        """Every member, or nothing if one of them is wrong."""
        children = node.value if isinstance(node.value, tuple) else (node,)
        found: dict[object, None] = {}
        whole = True
        for child in children:
            value = self.member.read(child, reading)
            if isinstance(value, Failed):
                whole = False
            elif value in found:
                reading.problem(
                    "policy.repeated", f"`{child.raw[:80]}` stands here twice", child.position, "leave one out"
                )
            else:
                found[value] = None
        if not whole:
            return FAILED
        return tuple(found) if self.ordered else tuple(sorted(found, key=str))

    def dump(self, value: object) -> Json:
        """A list."""
        return [self.member.dump(member) for member in cast("tuple[object, ...]", value)]


@dataclass(frozen=True)
class FamilyShape(Shape):
    """Records or texts by name: an id of the author's, a language, a clause path, or a name declared elsewhere."""

    member: Shape
    key: Literal["id", "language", "clause"] | OneOf | Ref

    def read(self, node: Node, reading: Reading) -> dict[str, object] | Failed:
        """Those that are right; the others have been reported."""
        if not isinstance(node.value, dict):
            return reading.problem("policy.wrong-type", "lines of `name: …` are expected", node.position)
        found: dict[str, object] = {}
        for name, child in node.value.items():
            value = self._member(name, child, node, reading)
            if not isinstance(value, Failed):
                found[name] = value
        return found

    def _member(self, name: str, child: Node, parent: Node, reading: Reading) -> object | Failed:
        where = parent.key_position(name)
        if self.key == "language" and name not in reading.languages:
            return reading.unknown("language", name, reading.languages, where)
        if isinstance(self.key, Ref) and not reading.declares(name, self.key.sections, self.key.words):
            what = singular(self.key.sections[0])
            return reading.unknown(what, name, reading.names(self.key.sections), where)
        if isinstance(self.key, OneOf) and name not in self.key.choices:
            hint = reading.hint(name, self.key.choices)
            return reading.problem(
                "policy.unknown-word", f"`{name[:80]}` is not a name that may stand here", where, hint
            )
        if self.key == "id" and (name in RESERVED_IDS or not _ID.fullmatch(name)):
            hint = "use letters, digits, `.`, `-` and `_`, beginning with a letter or digit"
            return reading.problem("policy.bad-id", f"`{name[:80]}` cannot be a name", where, hint)
        if isinstance(self.member, RecordShape):
            return self.member.read_as(name, child, reading)
        return self.member.read(child, reading)

    def dump(self, value: object) -> Json:
        """By id."""
        return {name: self.member.dump(member) for name, member in cast("Mapping[str, object]", value).items()}


@dataclass(frozen=True)
class FieldShape:
    """One key of a record."""

    name: str
    key: str
    shape: Shape
    required: bool
    default: object


@dataclass(frozen=True)
class RecordShape(Shape):
    """A mapping with known keys, made into a dataclass. A field called `id` is the name it stands under. What is
    declared inside a `scoped` one is known inside it only."""

    make: Callable[..., object]
    what: str
    keys: Mapping[str, FieldShape]
    named: bool
    scoped: bool = False

    def read(self, node: Node, reading: Reading) -> object | Failed:
        """A record without a name."""
        return self.read_as("", node, reading)

    def read_as(self, name: str, node: Node, reading: Reading) -> object | Failed:
        """The record that stands under `name`."""
        if not isinstance(node.value, dict):
            return reading.problem(
                "policy.wrong-type", f"lines of `key: value` for {self.what} are expected", node.position
            )
        self._check_keys(node, node.value, reading)
        if self.scoped:
            reading = reading.inside(node)
        values: dict[str, object] = {"id": name} if self.named else {}
        for key, field in self.keys.items():
            child = node.value.get(key)
            if child is not None:
                values[field.name] = field.shape.read(child, reading)
            elif field.required:
                values[field.name] = reading.problem(
                    "policy.missing-key", f"{self.what} has no `{key}`", node.position, f"add a line `{key}: …`"
                )
        if any(isinstance(value, Failed) for value in values.values()):
            return FAILED
        return self.make(**values)

    def _check_keys(self, node: Node, value: Mapping[str, Node], reading: Reading) -> None:
        for key in value:
            if key not in self.keys:
                hint = reading.hint(key, self.keys)
                reading.problem(
                    "policy.unknown-key", f"{self.what} has no key `{key[:80]}`", node.key_position(key), hint
                )

    def dump(self, value: object) -> Json:
        """Only what differs from the defaults: a new key of the language changes no old hash."""
        dumped: dict[str, Json] = {}
        for key, field in self.keys.items():
            member = getattr(value, field.name)
            if field.required or member != field.default:
                dumped[key] = field.shape.dump(member)
        return dumped


@cache
def record(of: type[object]) -> RecordShape:
    """The shape of a dataclass of the model."""
    if not is_dataclass(of):
        raise TypeError(f"{of.__name__} is not a dataclass")
    hints = get_type_hints(of, include_extras=True)
    members = [field for field in fields(of) if field.init and field.name != "id" and not field.metadata.get("hidden")]
    keys = {key_of(field): _field(field, hints[field.name]) for field in members}
    return RecordShape(of, _what(of.__name__), keys, named="id" in hints, scoped=getattr(of, "SCOPED", False))


def key_of(field: Field[object]) -> str:
    """The YAML key of a field of the model."""
    return str(field.metadata.get("key", field.name))


def _what(name: str) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _field(field: Field[object], hint: object) -> FieldShape:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return FieldShape(field.name, key_of(field), shape_of(hint), default is MISSING, default)


_PLAIN: Mapping[object, Shape] = {
    str: TextShape(),
    bool: BoolShape(),
    int: CountShape(),
    date: DateShape(),
    Period: PeriodShape(),
}


def shape_of(hint: object) -> Shape:
    """The shape that a type annotation of the model describes. Raises TypeError for one that the language lacks."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        return record(hint)
    origin, inside = get_origin(hint), get_args(hint)
    for family, make in _GENERIC.items():
        if origin is family:
            return make(inside)
    raise TypeError(f"the policy language has no shape for {hint!r}")


def _marked(base: object, marks: Iterable[object]) -> Shape:
    for mark in marks:
        match mark:
            case Ref():
                return RefShape(mark)
            case Form():
                return FormShape(mark)
            case OfLaw():
                return DeadlineShape(mark.figure)
            case Ordered():
                return ManyShape(shape_of(get_args(base)[0]), ordered=True)
        if type(mark) in _SIMPLE_MARKS:
            return _SIMPLE_MARKS[type(mark)]
    raise TypeError(f"no mark of the policy language on {base!r}")


_SIMPLE_MARKS: Mapping[object, Shape] = {
    Localised: LocalisedShape(),
    Fact: FactShape(),
    ClausePath: TextShape(),  # checked when the whole policy is known
    LanguageCode: TextShape(),
    MonthWillDo: DayOrMonthShape(),
}


def _either(parts: list[object]) -> Shape:
    words = tuple(choice for part in parts if get_origin(part) is Literal for choice in get_args(part))
    others = [part for part in parts if get_origin(part) is not Literal]
    if not others:
        return ChoiceShape(words)
    return WordOrShape(words, shape_of(others[0])) if words else shape_of(others[0])


_GENERIC: Mapping[object, Callable[[tuple[object, ...]], Shape]] = {
    Annotated: lambda inside: _marked(inside[0], inside[1:]),
    Literal: lambda inside: ChoiceShape(tuple(str(choice) for choice in inside)),
    tuple: lambda inside: ManyShape(shape_of(inside[0]), ordered=False),
    Union: lambda inside: _either([part for part in inside if part is not types.NoneType]),
    types.UnionType: lambda inside: _either([part for part in inside if part is not types.NoneType]),
    Mapping: lambda inside: FamilyShape(shape_of(inside[1]), _family_key(inside[0])),
}


def _family_key(hint: object) -> Literal["id", "language", "clause"] | OneOf | Ref:
    if get_origin(hint) is not Annotated:
        return "id"
    mark = get_args(hint)[1]
    if isinstance(mark, OneOf | Ref):
        return mark
    return "language" if isinstance(mark, LanguageCode) else "clause"
