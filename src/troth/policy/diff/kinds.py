"""What a difference does: its kinds, found from the records that it lies in and from the direction of its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from troth.policy.diff.cuts import CUTS, LONGER_KEPT, Rule
from troth.policy.diff.model import KINDS, Kind
from troth.policy.diff.walk import Difference, Make, below, references
from troth.policy.model import Policy
from troth.policy.schema.records import FamilyShape, RecordShape, record
from troth.policy.schema.shapes import ChoiceShape, DateShape, LocalisedShape
from troth.policy.sections.data import (
    Category,
    ConsentFree,
    FlowLine,
    Function,
    Item,
    Matrix,
    Permission,
    Purpose,
    Signal,
    Technology,
)
from troth.policy.sections.keeping import Changes, Minors, Retention, Security, Storage
from troth.policy.sections.parties import Contacts, Controller, Recipient
from troth.policy.sections.rights import Agents, Exemption, Fairness, Fee, Frequency, Ground, Requests, Right, Tier
from troth.policy.sections.rule_sets import RuleSet
from troth.policy.sections.words import GRADES, Basis
from troth.policy.yaml_reader import Json

Subject = Literal[
    "purpose", "item", "recipient", "use", "right", "retention",
    "storage", "ownership", "contact", "security", "minors", "terms",
]  # fmt: skip

_SUBJECTS: Mapping[Make, Subject] = {
    Purpose: "purpose",
    **dict.fromkeys((Item, Category), "item"),
    Recipient: "recipient",
    **dict.fromkeys((Function, FlowLine, Matrix, Permission, Technology, Signal, ConsentFree), "use"),
    **dict.fromkeys((Right, Requests, Exemption, Fairness), "right"),
    Retention: "retention",
    Storage: "storage",
    Controller: "ownership",
    Contacts: "contact",
    Security: "security",
    Minors: "minors",
    Changes: "terms",
}
"""What a record speaks of; one that is not here speaks of what the record around it speaks of."""

_CHANGED: Mapping[Subject, Kind] = {
    "use": "use-changed",
    "right": "right-changed",
    "retention": "retention-changed",
    "storage": "storage-moved",
    "ownership": "ownership-changed",
    "contact": "contact-changed",
    "security": "security-changed",
    "minors": "minors-changed",
    "terms": "terms-changed",
}
_FIELDS: Mapping[tuple[Make, str], Kind] = {
    (Controller, "officer"): "contact-changed",
    (Right, "email"): "contact-changed",
    **{(make, field): "terms-changed" for make in (Policy, RuleSet) for field in ("acceptance", "deemed")},
    **{(make, field): "translation" for make in (Policy, RuleSet) for field in ("languages", "translated")},
}
"""Fields that do not speak of what their record speaks of."""


def kinds(of: Difference) -> tuple[Kind, ...]:
    """The kinds of a difference, in the order of the vocabulary; always at least one."""
    found = set(_kinds(of))
    return tuple(kind for kind in KINDS if kind in found)


def subject(of: Difference) -> Subject | None:
    """What the difference speaks of, by the innermost record that says so."""
    return next((_SUBJECTS[make] for make, _ in reversed(of.spot.around) if make in _SUBJECTS), None)


def subject_of(section: str) -> Subject | None:
    """What the members of a top-level section speak of."""
    shape = record(Policy).keys[section].shape
    inside = shape.member if isinstance(shape, FamilyShape) else shape
    return _SUBJECTS.get(inside.make) if isinstance(inside, RecordShape) else None


def _kinds(of: Difference) -> Iterator[Kind]:
    shape = of.spot.shape
    if _only_translated(of):
        yield "translation"
    elif isinstance(shape, DateShape):
        yield "date"
    elif of.spot.field in _FIELDS and not isinstance(shape, RecordShape):
        assert of.spot.field is not None
        yield _FIELDS[of.spot.field]
    elif isinstance(shape, RecordShape) and shape.make not in _SUBJECTS and subject(of) is None:
        yield from _of_whole(of)
    else:
        yield from _of_subject(of, subject(of))


def _only_translated(of: Difference) -> bool:
    """Whether a text says the same in the languages that both have."""
    old, new = of.old, of.new
    if not (isinstance(of.spot.shape, LocalisedShape) and isinstance(old, dict) and isinstance(new, dict)):
        return False
    both = old.keys() & new.keys()
    return bool(both) and all(old[language] == new[language] for language in both)


def _of_whole(of: Difference) -> Iterator[Kind]:
    """A record that speaks of many things, such as a rule set, does what each of its parts does."""
    parts = {kind for part in below(of.spot, of.old or {}, of.new or {}) for kind in _kinds(part)}
    yield from parts - {"other"} or {"other"}


def _of_subject(of: Difference, about: Subject | None) -> Iterator[Kind]:
    if about is None:
        yield "other"
    else:
        yield _CHANGED.get(about) or _named(f"{about}-{_end(of)}")
    if about in {"use", "recipient", None}:
        yield from _references(of)
    if _lowers_consent(of):
        yield "consent-lowered"
    if about == "right" and _reduces(of):
        yield "right-reduced"
    if about == "retention" and _keeps_longer(of):
        yield "retention-longer"
    if about == "security" and of.new is None:
        yield "security-reduced"
    if (Right, "complaint") in of.spot.around:
        yield "contact-changed"


def _end(of: Difference) -> str:
    """Only a whole record is added or removed; a part of it changes it."""
    shape = of.spot.shape
    if not isinstance(shape, RecordShape) or shape.make not in _SUBJECTS:
        return "changed"
    return "added" if of.old is None else "removed"


def _named(word: str) -> Kind:
    return next(kind for kind in KINDS if kind == word)


def _references(of: Difference) -> Iterator[Kind]:
    """Items, purposes and recipients that the place names, and did not name; or the other way round."""
    old, new = (references(of.spot.shape, value) for value in (of.old, of.new))
    for ending, names in (("added", new - old), ("removed", old - new)):
        for section, _ in names:
            about = subject_of(section)
            if about in {"item", "purpose", "recipient"}:
                yield _named(f"{about}-{ending}")


def _lowers_consent(of: Difference) -> bool:
    """Whether less consent is needed for what goes on; what ends needs none."""
    shape = of.spot.shape
    if not isinstance(shape, ChoiceShape):
        return False
    if shape.choices == get_args(Basis):
        return of.old == "consent" and of.new != "consent"
    if shape.choices != GRADES:
        return False
    old, new = (GRADES.index(_grade(value)) for value in (of.old, of.new))
    return new < old


def _grade(value: Json) -> Literal["none", "deemed", "general", "explicit", "separate", "guardian-verified"]:
    return next((grade for grade in GRADES if grade == value), "none")


def _reduces(of: Difference) -> bool:
    """Whether a right, or what holds for all of them, is less than it was."""
    shape = of.spot.shape
    if isinstance(shape, RecordShape) and shape.make in {Right, Tier, Agents, Fairness, Requests, Fee}:
        return of.new is None if shape.make is not Tier else of.old is None
    if isinstance(shape, RecordShape) and shape.make in {Ground, Exemption, Frequency}:
        return of.old is None
    return _holds(CUTS, of)


def _keeps_longer(of: Difference) -> bool:
    shape = of.spot.shape
    if isinstance(shape, RecordShape):
        return of.new is None
    return _holds(LONGER_KEPT, of)


def _holds(rules: Mapping[tuple[Make, str], Rule], of: Difference) -> bool:
    """Whether the rule for this field says so; where a value is not written, the field's default stands."""
    field = of.spot.field
    if field is None or field not in rules:
        return False
    make, key = field
    assert isinstance(make, type)
    stated = record(make).keys[key]
    default = None
    if stated.shape is of.spot.shape and not stated.required and stated.default is not None:
        default = stated.shape.dump(stated.default)
    old, new = (default if value is None else value for value in (of.old, of.new))
    return rules[field](old, new)
