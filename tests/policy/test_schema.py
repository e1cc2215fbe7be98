"""The schema engine: shapes follow from annotations, and only what differs from a default is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import pytest

from troth.base.errors import Position
from troth.base.period import Period
from troth.policy.law import period_of_law, strictest, usual_days
from troth.policy.model import Policy
from troth.policy.schema.context import FAILED, Reading
from troth.policy.schema.marks import LanguageName, Ordered, Words, called
from troth.policy.schema.records import record, shape_of
from troth.policy.schema.shapes import singular
from troth.policy.yaml_reader import from_plain

AT = Position("t", 1, 1)


@dataclass(frozen=True)
class Part:
    """A record under a name."""

    id: str
    size: int = 1


@dataclass(frozen=True)
class Whole:
    """A record with a field of every kind."""

    name: str
    day: date
    words: Words
    kind: Literal["one", "two"] = "one"
    lasts: Period | Literal["ever"] | None = None
    flag: bool = False
    ranked: Annotated[tuple[LanguageName, ...], Ordered()] = ()
    names: tuple[str, ...] = field(default=(), metadata=called("list"))
    parts: Mapping[str, Part] = field(default_factory=dict)


def reading() -> Reading:
    return Reading(("zh", "en"), {}, frozenset())


FULL = {
    "name": "n",
    "day": "2026-03-02",
    "words": {"zh": "字", "en": "words"},
    "kind": "two",
    "lasts": "ever",
    "flag": True,
    "ranked": ["zh", "en"],
    "list": ["a", "b"],
    "parts": {"p": {"size": 2}, "q": {}},
}


def test_a_record_is_read_by_its_annotations() -> None:
    assert record(Whole).read(from_plain(FULL, AT), reading()) == Whole(
        name="n",
        day=date(2026, 3, 2),
        words={"zh": "字", "en": "words"},
        kind="two",
        lasts="ever",
        flag=True,
        ranked=("zh", "en"),
        names=("a", "b"),
        parts={"p": Part("p", 2), "q": Part("q")},
    )


def test_what_is_read_is_written_back() -> None:
    whole = record(Whole).read(from_plain(FULL, AT), reading())
    assert record(Whole).dump(whole) == FULL


def test_defaults_are_not_written_so_a_new_key_changes_no_old_hash() -> None:
    spare = {"name": "n", "day": "2026-03-02", "words": {"zh": "字", "en": "words"}}
    whole = record(Whole).read(from_plain({**spare, "flag": False, "kind": "one", "list": []}, AT), reading())
    assert record(Whole).dump(whole) == spare


def test_an_ordered_list_keeps_its_order_and_another_does_not() -> None:
    whole = record(Whole).read(from_plain({**FULL, "ranked": ["zh", "en"], "list": ["b", "a"]}, AT), reading())
    assert isinstance(whole, Whole)
    assert whole.ranked == ("zh", "en")
    assert whole.names == ("a", "b")


def test_a_period_may_be_a_word_instead() -> None:
    whole = record(Whole).read(from_plain({**FULL, "lasts": "3 years"}, AT), reading())
    assert isinstance(whole, Whole)
    assert whole.lasts == Period(3, "years")
    assert record(Whole).dump(whole) == {**FULL, "lasts": "3 years"}


def test_all_faults_of_a_record_are_reported_at_once() -> None:
    notes = reading()
    broken = {"name": [], "day": "x", "words": {"zh": "字"}, "kind": "three", "flag": 1, "parts": {"p": 1}, "zoo": 1}
    assert record(Whole).read(from_plain(broken, AT), notes) is FAILED
    assert sorted(problem.code for problem in notes.problems) == [
        "policy.bad-date",
        "policy.missing-translation",
        "policy.unknown-key",
        "policy.unknown-word",
        "policy.wrong-type",
        "policy.wrong-type",
        "policy.wrong-type",
    ]


@pytest.mark.parametrize("hint", [bytes, dict, list[int], Annotated[str, "note"], object])
def test_an_annotation_without_a_shape_is_a_mistake_of_ours(hint: object) -> None:
    with pytest.raises(TypeError):
        shape_of(hint)


def test_only_dataclasses_are_records() -> None:
    with pytest.raises(TypeError, match="not a dataclass"):
        record(int)


def test_every_section_of_the_language_has_a_shape() -> None:
    keys = set(record(Policy).keys)
    assert {"troth", "policy", "items", "functions", "recipients", "rights", "requests", "retention"} <= keys
    assert "places" not in keys
    assert "name" not in keys


@pytest.mark.parametrize(
    ("section", "one"),
    [("items", "item"), ("categories", "category"), ("technologies", "technology"), ("purposes", "purpose")],
)
def test_a_member_of_a_section_is_named_in_the_singular(section: str, one: str) -> None:
    assert singular(section) == one


def test_periods_of_different_calendars_are_compared_by_their_usual_length() -> None:
    lengths = [Period(15, "working_days_cn"), Period(15, "business_days_us"), Period(21, "days"), Period(504, "hours")]
    assert [round(usual_days(each), 6) for each in lengths] == [21, 21, 21, 21]
    assert usual_days(Period(12, "months")) == pytest.approx(usual_days(Period(1, "years")))


def test_the_strictest_of_several_laws_counts() -> None:
    assert strictest(("eu", "cn"), "request.answer") == Period(15, "working_days_cn")
    assert strictest(("cn", "eu"), "request.answer") == strictest(("eu", "cn"), "request.answer")
    assert strictest(("nowhere",), "request.answer") is None
    assert strictest((), "request.answer") is None


def test_a_figure_that_is_no_time_is_no_deadline() -> None:
    assert period_of_law("cn", "request.answer") == Period(15, "working_days_cn")
    assert period_of_law("cn", "minor.age") is None
    assert period_of_law("cn", "no.such.figure") is None
