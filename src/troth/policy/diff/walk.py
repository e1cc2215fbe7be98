"""Two values of the language side by side, along the shapes of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from troth.policy.model import Policy
from troth.policy.schema.marks import Ref
from troth.policy.schema.records import FamilyShape, FieldShape, ManyShape, RecordShape, record
from troth.policy.schema.shapes import RefShape, Shape, WordOrShape
from troth.policy.yaml_reader import Json

Make = object
"""The dataclass that a record is made into."""


@dataclass(frozen=True)
class Spot:
    """Where a value stands: the keys to it, the records around it with the names they stand under, and its field."""

    shape: Shape
    keys: tuple[str, ...] = ()
    around: tuple[tuple[Make, str], ...] = ()
    field: tuple[Make, str] | None = None


ROOT = Spot(record(Policy), around=((Policy, ""),))


@dataclass(frozen=True)
class Difference:
    """A place at which two values differ and below which they are not compared; nothing where one has none."""

    spot: Spot
    old: Json
    new: Json


def differences(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Difference]:
    """All differences of two policies' values."""
    return below(ROOT, dict(old), dict(new))


def below(spot: Spot, old: Json, new: Json) -> Iterator[Difference]:
    """All differences at and below a spot."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and _has_parts(spot.shape):
        for inner, absent in _parts(spot, old, new):
            yield from below(inner, old.get(inner.keys[-1], absent), new.get(inner.keys[-1], absent))
    else:
        yield Difference(spot, old, new)


def _has_parts(shape: Shape) -> bool:
    """Whether what stands below is a clause each; what is said by language is one clause."""
    return isinstance(shape, RecordShape) or (isinstance(shape, FamilyShape) and shape.key != "language")


def _parts(spot: Spot, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[tuple[Spot, Json]]:
    """What stands below, each with the value that it has where it is not written."""
    shape = spot.shape
    if isinstance(shape, RecordShape):
        for key, field in shape.keys.items():
            yield _step(spot, key, field.shape, (shape.make, key)), _absent(field)
    elif isinstance(shape, FamilyShape):
        for name in sorted({*old, *new}):
            yield _step(spot, name, shape.member, spot.field), None


def _step(spot: Spot, key: str, shape: Shape, field: tuple[Make, str] | None) -> Spot:
    around = (*spot.around, (shape.make, key)) if isinstance(shape, RecordShape) else spot.around
    return Spot(shape, (*spot.keys, key), around, field)


def _absent(field: FieldShape) -> Json:
    """A family that is not written is empty, and so is a record that is there without being written."""
    if isinstance(field.shape, RecordShape) and field.default is None:
        return None
    return {} if _has_parts(field.shape) else None


def references(shape: Shape, value: Json) -> frozenset[tuple[str, str]]:
    """Every name that the value refers to, with the section that declares it."""
    return frozenset(_references(shape, value))


def _references(shape: Shape, value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(shape, RefShape):
        yield from _named(shape.ref, value)
    elif isinstance(shape, WordOrShape):
        yield from _references(shape.other, value)
    elif isinstance(shape, ManyShape) and isinstance(value, list):
        for member in value:
            yield from _references(shape.member, member)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _of_part(shape, key, child)


def _of_part(shape: Shape, key: str, child: Json) -> Iterator[tuple[str, str]]:
    if isinstance(shape, RecordShape):
        yield from _references(shape.keys[key].shape, child)
    elif isinstance(shape, FamilyShape):
        if isinstance(shape.key, Ref):
            yield from _named(shape.key, key)
        yield from _references(shape.member, child)


def _named(ref: Ref, value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield ref.sections[0], value


def records(value: Mapping[str, Json], of: type[object]) -> Iterator[tuple[Spot, Mapping[str, Json]]]:
    """Every record of one kind in a policy's value, those of its rule sets included."""
    return _records(ROOT, dict(value), of)


def _records(spot: Spot, value: Json, of: type[object]) -> Iterator[tuple[Spot, Mapping[str, Json]]]:
    if not isinstance(value, dict):
        return
    if isinstance(spot.shape, RecordShape) and spot.shape.make is of:
        yield spot, value
    for inner, _ in _parts(spot, {}, value):
        yield from _records(inner, value.get(inner.keys[-1]), of)
