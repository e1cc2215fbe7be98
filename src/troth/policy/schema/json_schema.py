"""The language as a JSON Schema, for editors: derived from the same annotations as the reader, so it cannot differ."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from troth.policy.model import Policy
from troth.policy.schema.records import FamilyShape, ManyShape, RecordShape, record
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
)
from troth.policy.yaml_reader import Json

Schema = dict[str, Json]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PERIOD: Schema = {
    "type": "string",
    "description": "a number and a unit, such as `7 days`, `30 working days`, `3 years`",
}


def json_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a whole policy. Whether a name that a policy uses is declared, and what must
    hold between its parts, only reading it tells."""
    names: dict[str, RecordShape] = {}
    _collect(record(Policy), names)
    found: dict[str, Json] = {name: _of_record(shape) for name, shape in sorted(names.items())}
    return {"$schema": _DIALECT, "title": "A privacy policy", "$ref": "#/$defs/Policy", "$defs": found}


def _collect(shape: Shape, names: dict[str, RecordShape]) -> None:
    match shape:
        case RecordShape():
            if _name(shape) not in names:
                names[_name(shape)] = shape
                for field in shape.keys.values():
                    _collect(field.shape, names)
        case ManyShape() | FamilyShape():
            _collect(shape.member, names)
        case WordOrShape():
            _collect(shape.other, names)


def _name(shape: RecordShape) -> str:
    return str(getattr(shape.make, "__name__", shape.what))


def _of_record(shape: RecordShape) -> Schema:
    properties: dict[str, Json] = {key: _of(field.shape) for key, field in sorted(shape.keys.items())}
    found: Schema = {
        "type": "object",
        "description": " ".join((inspect.getdoc(shape.make) or shape.what).split()),
        "properties": properties,
        "additionalProperties": False,
    }
    if required := sorted(key for key, field in shape.keys.items() if field.required):
        found["required"] = list(required)
    return found


def _of(shape: Shape) -> Schema:
    match shape:
        case RecordShape():
            return {"$ref": f"#/$defs/{_name(shape)}"}
        case ManyShape():
            return {"anyOf": [_of(shape.member), {"type": "array", "items": _of(shape.member), "uniqueItems": True}]}
        case FamilyShape():
            return {"type": "object", "additionalProperties": _of(shape.member)}
        case WordOrShape():
            return {"anyOf": [{"enum": list(shape.choices)}, _of(shape.other)]}
        case _:
            return _of_one(shape)


def _of_one(shape: Shape) -> Schema:
    """The schema of a single value."""
    match shape:
        case ChoiceShape():
            return {"enum": list(shape.choices)}
        case CountShape():
            return {"type": "integer", "minimum": 0, "maximum": shape.most}
        case FormShape():
            return {"type": "string", "pattern": f"^(?:{shape.form.pattern})$", "description": shape.form.what}
        case RefShape():
            return {"type": "string", "description": f"a name declared under {' or '.join(shape.ref.sections)}"}
        case _:
            return dict(_SAME[type(shape)])


_TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""A word that YAML reads as a number or as true is a text all the same."""

_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}
_SAME: Mapping[type[Shape], Schema] = {
    TextShape: _TEXT,
    BoolShape: {"type": "boolean"},
    DateShape: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    DayOrMonthShape: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"},
    PeriodShape: _PERIOD,
    DeadlineShape: {"anyOf": [{"const": "regime", "description": "the strictest figure of the regimes"}, _PERIOD]},
    LocalisedShape: {"anyOf": [_TEXT, _TEXTS], "description": "a text in every language, or one for all of them"},
    FactShape: {"type": "string", "description": "a fact about a person"},
}
