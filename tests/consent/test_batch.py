"""Many choices at once leave what they would leave one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import VAULT, released
from tests.support.databases import Databases
from tests.versions.sample import TEXT, policy
from troth.base.clock import SettableClock
from troth.base.errors import RefusedError, TrothError
from troth.base.work import Begin, Entropy, Work
from troth.consent import ledger, service, tables
from troth.consent.actor import SELF, Actor
from troth.consent.acts.batch import record_all
from troth.consent.acts.intake import Act, Asked, make_all
from troth.consent.ledger import Choice
from troth.consent.model import Event, Kind
from troth.journal import service as journal
from troth.policy.model import GRADES
from troth.subjects import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import commitment, register, shred
from troth.versions import service as versions
from troth.versions.model import Version

FUNCTIONS = ("push", "flows.sale", "recipients.bureau")
LAW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
CHILDREN = (  # with deemed acceptance, guardians, consents that end by themselves, and a wait before asking again
    TEXT.replace("acceptance: explicit", "acceptance: deemed")
    .replace("grade: explicit", "grade: general\n    expires: 6 months")
    .replace("minors: {below: 18, rule: barred}", "minors: {below: 18, rule: guardian}")
)
ACTORS = (Actor(), Actor("guardian"), Actor("guardian", "ver-1a"), Actor("agent", "aut-1a"))
HALF_A_YEAR = timedelta(days=200)


@dataclass
class Side:
    """One of two equal worlds."""

    begin: Begin
    version: Version
    people: list[str]
    start: int = 0
    number: int = 0

    def fresh(self) -> None:
        """Six people whom nothing is known of but this: one is erased, one barred, one was never registered."""
        self.number += 1
        with self.begin() as work:
            phones = [f"+86199{self.number:05d}{n:03d}" for n in range(5)]
            self.people = [register(work, VAULT, [identifier("phone", phone)]) for phone in phones]
            shred(work, VAULT, self.people[3])
            facts.change(work, self.people[4], add=["age.below.18"])
            self.people.append("sub-nobody")
            self.start = journal.size(work)

    def left(self) -> dict[str, Any]:
        """Everything that was written since, with ids told as places."""
        with self.begin() as work:
            rows = work.db.execute(
                sa.select(tables.event).where(tables.event.c.entry >= self.start).order_by(tables.event.c.entry)
            ).all()
            named = {row.id: f"event {place}" for place, row in enumerate(rows)}
            place = {one: number for number, one in enumerate(self.people)}

            def names(row: Any) -> dict[str, object]:
                return {"id": named[row.id], "subject": place[row.subject]}

            entries = [json.loads(entry.leaf) for entry in journal.entries(work, self.start, 1000)]
            assert journal.size(work) == self.start + len(rows), "an entry for every row and a row for every entry"
            for row, entry in zip(rows, entries, strict=True):
                assert entry["refs"].pop("subject") == commitment(work, VAULT, row.subject, row.id)
                entry["refs"]["event"] = named[entry["refs"]["event"]]
            return {
                "entries": entries,
                "rows": [
                    {
                        **row._mapping,
                        "id": named[row.id],
                        "subject": place[row.subject],
                        "entry": row.entry - self.start,
                    }
                    for row in rows
                ],
                "ending": sorted(
                    (place[one.subject], one.fact, one.at)
                    for one in facts.due(work, datetime(2099, 1, 1, tzinfo=UTC), 1000)
                    if one.subject in place
                ),
                "facts": [sorted(facts.facts(work, one)) for one in self.people],
                "standings": [_places(service.state(work, one), named) for one in self.people],
                "texts": sorted(work.db.scalars(sa.select(tables.prompt.c.text))),
            }

    def asked(
        self, who: int, function: str, act: Act, grade: str, language: str, where: str = "portal", actor: Actor = SELF
    ) -> Asked:
        return Asked(self.people[who], function, act, language, where, grade if act is Act.GIVE else None, actor)


def _places(standings: Any, named: dict[str, str]) -> dict[str, tuple[object, ...]]:
    return {
        name: (one.status, one.grade, one.at, one.until, one.no, named[one.event]) for name, one in standings.items()
    }


@dataclass
class Both:
    alone: Side
    together: Side

    def fresh(self) -> None:
        self.alone.fresh()
        self.together.fresh()


def _side(engine: sa.Engine, clock: SettableClock, entropy: Entropy, text: str) -> Side:
    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), entropy)

    return Side(begin, released(begin, policy(text)), [])


@pytest.fixture(params=[TEXT, CHILDREN], ids=["pinned", "children"])
def both(
    request: pytest.FixtureRequest, engine: sa.Engine, databases: Databases, clock: SettableClock, entropy: Entropy
) -> Iterator[Both]:
    with contextmanager(databases.sqlite)() as other:
        yield Both(_side(other, clock, entropy, request.param), _side(engine, clock, entropy, request.param))


drawn_choices = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([*FUNCTIONS, "push", "push", "sale", "sharing", "register", "pusch"]),
        st.sampled_from([*Act, Act.GIVE]),
        st.sampled_from([*GRADES[2:5], "total"]),
        st.sampled_from(["zh", "en", "zh", "en", "fr"]),
        st.sampled_from(["portal", "banner", "nobody@mail.example"]),
        st.sampled_from(ACTORS),
    ),
    max_size=14,
)


def _alone(side: Side, asked: Asked) -> Event | TrothError:
    """What the service for one choice makes of it."""
    try:
        with side.begin() as work:
            return _served(work, side.version, asked)
    except TrothError as error:
        return error


def _served(work: Work, version: Version, asked: Asked) -> Event:
    whom = (work, VAULT, version, str(asked.who), asked.function)
    language, interface, actor = asked.language, asked.interface, asked.actor
    match asked.act:
        case Act.GIVE:
            grade = asked.grade or ""
            return service.give(*whom, grade=grade, language=language, interface=interface, actor=actor)
        case Act.REFUSE:
            return service.refuse(*whom, language=language, interface=interface, actor=actor)
        case Act.WITHDRAW:
            return service.withdraw(*whom, language=language, interface=interface, actor=actor)
        case Act.OPT_OUT:
            return service.opt_out(*whom, language=language, interface=interface, actor=actor)
        case Act.OPT_IN:
            return service.opt_in(*whom, language=language, interface=interface, actor=actor)


def _told(answers: Sequence[Event | TrothError]) -> list[str]:
    return [f"error {type(one).__name__}" if isinstance(one, TrothError) else one.kind for one in answers]


@LAW
@given(earlier=drawn_choices, choices=drawn_choices)
def test_choices_made_together_leave_what_they_leave_one_by_one(
    both: Both, clock: SettableClock, earlier: list[Any], choices: list[Any]
) -> None:
    both.fresh()
    for made in (earlier, choices):
        alone = [_alone(both.alone, both.alone.asked(*choice)) for choice in made]
        with both.together.begin() as work:
            together = make_all(work, VAULT, [both.together.asked(*choice) for choice in made])
        assert [_outcome(one) for one in together] == [_outcome(one) for one in alone]
        clock.advance(HALF_A_YEAR)
    assert both.together.left() == both.alone.left()


def _outcome(one: Event | TrothError) -> str:
    """The kind, or that it was refused: with several faults another one may be found first."""
    return "refused" if isinstance(one, TrothError) else one.kind


drawn_records = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([*FUNCTIONS, "opt-out:sale"]),
        st.sampled_from(list(Kind)),
        st.sampled_from(GRADES[1:]),
        st.sampled_from(["text one", "text two", "文本"]),
        st.sampled_from([None, "ver-1a"]),
        st.sampled_from([None, datetime(2036, 1, 1, tzinfo=UTC), datetime(2036, 2, 1, tzinfo=UTC)]),
    ),
    max_size=14,
)


@LAW
@given(choices=drawn_records)
def test_recording_all_leaves_what_recording_each_leaves(both: Both, choices: list[Any]) -> None:
    both.fresh()

    def choice(side: Side, who: int, function: str, kind: Kind, *rest: Any) -> Choice:
        grade, shown, verification, until = rest
        person = side.people[who]
        return Choice(person, function, kind, grade, shown, "zh", "portal", "self", verification, None, until)

    with both.alone.begin() as work:
        for one in choices:
            ledger.record(work, VAULT, both.alone.version, choice(both.alone, *one))
    with both.together.begin() as work:
        events = record_all(work, VAULT, both.together.version, [choice(both.together, *one) for one in choices])
        assert events == tuple(ledger.event_by_id(work, event.id) for event in events)
    assert both.together.left() == both.alone.left()


ONE_PROBLEM = [
    ((5, "push", Act.GIVE, "explicit", "zh"), "subjects.unknown"),
    ((3, "push", Act.GIVE, "explicit", "zh"), "subjects.shredded"),
    ((4, "push", Act.GIVE, "explicit", "zh"), "consent.barred"),
    ((0, "pusch", Act.REFUSE, "explicit", "zh"), "consent.unknown-function"),
    ((0, "register", Act.GIVE, "explicit", "zh"), "consent.not-asked"),
    ((0, "push", Act.GIVE, "total", "zh"), "consent.unknown-grade"),
    ((0, "flows.sale", Act.GIVE, "explicit", "zh"), "consent.grade-too-low"),
    ((0, "push", Act.GIVE, "explicit", "fr"), "consent.unknown-language"),
    ((0, "push", Act.WITHDRAW, "explicit", "zh"), "consent.not-given"),
    ((0, "sael", Act.OPT_OUT, "", "zh"), "consent.unknown-opt-out"),
    ((0, "push", Act.GIVE, "explicit", "zh", "nobody@mail.example"), "consent.bad-interface"),
    ((0, "push", Act.GIVE, "guardian-verified", "zh"), "consent.guardian-unverified"),
]


@pytest.fixture
def side(engine: sa.Engine, clock: SettableClock, entropy: Entropy) -> Side:
    made = _side(engine, clock, entropy, TEXT)
    made.fresh()
    return made


@pytest.mark.parametrize(("bad", "code"), ONE_PROBLEM, ids=[code for _, code in ONE_PROBLEM])
def test_one_bad_choice_is_refused_alone_in_the_words_it_gets_alone(side: Side, bad: Any, code: str) -> None:
    good = [side.asked(1, "push", Act.GIVE, "explicit", "zh"), side.asked(2, "push", Act.REFUSE, "", "en")]
    with side.begin() as work:
        answers = make_all(work, VAULT, [good[0], side.asked(*bad), good[1]])
    refused = answers[1]
    assert isinstance(refused, TrothError)
    assert refused.code == code
    assert [row["subject"] for row in side.left()["rows"]] == [1, 2]
    alone = _alone(side, side.asked(*bad))
    assert isinstance(alone, TrothError)
    assert (alone.code, alone.message, alone.hint) == (refused.code, refused.message, refused.hint)
    assert len(side.left()["rows"]) == 2


def test_a_barred_minor_is_told_the_clause(side: Side) -> None:
    with side.begin() as work:
        (refused,) = make_all(work, VAULT, [side.asked(4, "push", Act.GIVE, "explicit", "zh")])
    assert isinstance(refused, RefusedError)
    assert "`minors.below`" in refused.message


def test_a_choice_sees_those_before_it_in_the_same_batch(side: Side) -> None:
    acts = [Act.GIVE, Act.GIVE, Act.WITHDRAW, Act.WITHDRAW, Act.GIVE]
    with side.begin() as work:
        answers = make_all(work, VAULT, [side.asked(0, "push", act, "explicit", "zh") for act in acts])
    assert _told(answers) == ["given", "renewed", "withdrawn", "error ConflictError", "given"]


def test_people_are_found_by_what_they_are_known_by(side: Side) -> None:
    known, other = identifier("phone", f"+86199{side.number:05d}000"), identifier("email", "nobody@mail.example")
    asked = [Asked(who, "push", Act.REFUSE, "zh", "app") for who in (known, other)]
    with side.begin() as work:
        event, refused = make_all(work, VAULT, asked)
    assert isinstance(event, Event)
    assert event.subject == side.people[0]
    assert isinstance(refused, TrothError)
    assert refused.code == "consent.unknown-person"
    assert "nobody@" not in f"{refused} {refused.hint}"


def test_the_number_of_statements_does_not_grow_with_the_number_of_choices(side: Side, engine: sa.Engine) -> None:
    def statements(of: list[int]) -> int:
        seen: list[str] = []

        def count(*arguments: Any) -> None:
            seen.append(arguments[2])

        sa.event.listen(engine, "before_cursor_execute", count)
        with side.begin() as work:
            made = make_all(work, VAULT, [side.asked(who, "push", Act.GIVE, "explicit", "zh") for who in of])
        sa.event.remove(engine, "before_cursor_execute", count)
        assert all(isinstance(one, Event) for one in made)
        return len(seen)

    with side.begin() as work:
        side.people = [register(work, VAULT, [identifier("account", f"a{number}")]) for number in range(303)]
    few, many, again = statements([0, 1, 2]), statements(list(range(3, 303))), statements(list(range(3, 303)))
    assert many <= few + 1, "a second page of nothing"
    assert again <= few + 1


def _redated(text: str, day: str) -> str:
    return text.replace("updated: 2026-01-01", f"updated: {day}").replace("消息推送", f"消息推送 {day}")


@pytest.mark.parametrize("kinds", [(TEXT, TEXT), (CHILDREN, CHILDREN), (TEXT, CHILDREN), (CHILDREN, TEXT)])
def test_each_is_recorded_under_the_version_that_binds_them(
    kinds: tuple[str, str], engine: sa.Engine, clock: SettableClock, entropy: Entropy
) -> None:
    side = _side(engine, clock, entropy, kinds[0])
    side.fresh()
    for person, text in enumerate((*kinds, kinds[0])):  # person 0 accepts the first, 1 the second, 2 nothing
        with side.begin() as work:
            version = versions.current(work)
            service.accept(work, VAULT, version, side.people[person], language="zh", interface="portal")
        clock.advance(HALF_A_YEAR)
        released(side.begin, policy(_redated(text, f"2026-0{person + 2}-01")))
    with side.begin() as work:
        new = versions.current(work)
        people = [*side.people[:3], register(work, VAULT, [identifier("account", "late")])]
        binding = {one: service.binding_version(work, new, one).id for one in people}
        asked = [Asked(one, "push", Act.GIVE, "zh", "portal", "separate") for one in people]
        events = [event for event in make_all(work, VAULT, asked) if isinstance(event, Event)]
    assert {event.subject: event.version for event in events} == binding
    if kinds == (TEXT, TEXT):
        assert list(binding.values()) == ["shop:1", "shop:2", "shop:3", "shop:4"]


def test_whoever_says_which_version_was_shown_must_have_shown_the_one_that_binds(side: Side) -> None:
    later = TEXT.replace("updated: 2026-01-01", "updated: 2026-02-01")
    new = released(side.begin, policy(later))
    asked = [
        Asked(side.people[0], "push", Act.REFUSE, "zh", "app", version=version, policy="shop")
        for version in (new.id, side.version.id, "shop:9")
    ]
    with side.begin() as work:
        answers = make_all(work, VAULT, asked)
    assert [one.code for one in answers if isinstance(one, TrothError)] == ["consent.other-version", "versions.unknown"]
    assert isinstance(answers[0], Event)


def test_an_unknown_policy_is_refused(side: Side) -> None:
    with side.begin() as work:
        (refused,) = make_all(work, VAULT, [Asked(side.people[0], "push", Act.REFUSE, "zh", "app", policy="shoq")])
    assert isinstance(refused, TrothError)
    assert refused.code == "versions.unknown"


def test_a_consent_that_is_asked_for_no_longer_is_withdrawn_in_the_words_it_was_given_under(side: Side) -> None:
    with side.begin() as work:
        make_all(work, VAULT, [side.asked(0, "flows.sale", Act.GIVE, "separate", "zh")])
    start = TEXT.index("flows:")
    end = TEXT.index("minors:")
    later = (TEXT[:start] + TEXT[end:]).replace("updated: 2026-01-01", "updated: 2026-02-01")
    released(side.begin, policy(later))
    with side.begin() as work:
        (event,) = make_all(work, VAULT, [side.asked(0, "flows.sale", Act.WITHDRAW, "", "zh")])
        assert isinstance(event, Event)
        assert (event.kind, event.version) == (Kind.WITHDRAWN, side.version.id)
        assert not [fact for fact in facts.facts(work, side.people[0]) if fact.startswith("consent.flows.sale")]


def test_nothing_asked_is_nothing_written(side: Side) -> None:
    with side.begin() as work:
        assert make_all(work, VAULT, []) == ()
        assert record_all(work, VAULT, side.version, []) == ()
    assert side.left()["rows"] == []
