"""Whose consent no longer covers what is done: it was given for these items, this purpose, these recipients."""

from __future__ import annotations

from collections.abc import Mapping

from troth.policy.diff.kinds import Subject, kinds, subject, subject_of
from troth.policy.diff.walk import Difference, records, references
from troth.policy.schema.records import record
from troth.policy.sections.data import Function
from troth.policy.sections.words import GRADES
from troth.policy.yaml_reader import Json

Name = tuple[Subject | None, str]
_COVERED: frozenset[Subject] = frozenset({"item", "purpose", "recipient"})


def consent_again(old: Mapping[str, Json], new: Mapping[str, Json], found: list[Difference]) -> tuple[str, ...]:
    """The clause paths of functions that rest on consent and do more than the consent that was given covers.

    They name a new item, purpose or recipient, what they name has changed itself, or they need a higher grade now. A
    function that is new has no consent yet and is asked for where a person meets it; one that does less asks nobody.
    """
    before = {spot.keys: function for spot, function in records(old, Function)}
    touched = _touched(found)
    return tuple(
        sorted(
            ".".join(spot.keys)
            for spot, function in records(new, Function)
            if spot.keys in before and _exceeds(before[spot.keys], function, touched)
        )
    )


def _exceeds(old: Mapping[str, Json], new: Mapping[str, Json], touched: frozenset[Name]) -> bool:
    if new.get("basis") != "consent":
        return False
    named = _names(new)
    return bool(named - _names(old) or named & touched) or _rank(new) > _rank(old)


def _names(function: Mapping[str, Json]) -> frozenset[Name]:
    """The items, purposes and recipients of a function."""
    named = ((subject_of(section), name) for section, name in references(record(Function), dict(function)))
    return frozenset(each for each in named if each[0] in _COVERED)


def _rank(function: Mapping[str, Json]) -> int:
    grade = function.get("grade")
    return next((rank for rank, known in enumerate(GRADES) if known == grade), 0)


def _touched(found: list[Difference]) -> frozenset[Name]:
    """The items, purposes and recipients that say something else than before, translations apart."""
    telling = (one for one in found if kinds(one) != ("translation",))
    named = ((subject(one), one.spot.around[-1][1]) for one in telling)
    return frozenset(each for each in named if each[0] in _COVERED)
