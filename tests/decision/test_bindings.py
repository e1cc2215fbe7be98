"""One rule says which version binds whom: for one person, for everybody at once, and in a replica, at every instant."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import HOW, VAULT, fresh_person, released
from tests.versions.sample import TEXT, policy
from troth.app.marker import Marker
from troth.base.clock import SettableClock
from troth.base.work import Begin
from troth.client.states import export_states
from troth.consent import service as consent
from troth.consent.bound.bindings import Bindings, bindings, bindings_of
from troth.decision.model import Question
from troth.decision.replica import Replica
from troth.decision.service import masks_in_use, peek, whom
from troth.subjects import facts
from troth.subjects.audience import belong
from troth.versions.model import Version

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)
PUSH = Question("push", "device.imei")
AUDIENCES = (None, "west", "east")


@dataclass(frozen=True)
class Terms:
    """How one audience is taken to the next version."""

    deemed: bool
    public: bool
    days: int | None

    def said(self, indent: str = "") -> str:
        notice = "" if self.days is None else f", notice: {self.days} days"
        tell = "[homepage, email]" if self.public else "[email]"
        kind = "deemed" if self.deemed else "explicit"
        return f"{indent}acceptance: {kind}\n{indent}changes: {{tell: {tell}{notice}}}\n"


@dataclass(frozen=True)
class Edition:
    """What a version says to the three audiences."""

    terms: tuple[Terms, Terms, Terms]

    def text(self, name: str, number: int) -> str:
        general, west, east = self.terms
        sets = "".join(
            f"  {each}:\n    label: {{zh: 某地, en: {each}}}\n{own.said('    ')}"
            for each, own in (("west", west), ("east", east))
            if own != general
        )
        text = TEXT.replace("policy: shop", f"policy: {name}").replace("acceptance: explicit\n", "")
        text = text.replace("updated: 2026-01-01", f"updated: 2026-01-{number:02}")
        text = text.replace("grade: explicit", f"grade: {('explicit', 'separate')[number % 2]}")
        return text + general.said() + (f"rule_sets:\n{sets}" if sets else "")


@dataclass
class Resident:
    """What happened to somebody."""

    subject: str
    came: datetime
    audience: str | None = None
    accepted: int | None = None
    told: list[tuple[int, datetime]] = field(default_factory=list)


@dataclass
class Story:
    """A policy's versions, the people under them, and a slow, obvious reading of which version binds each."""

    begin: Begin
    engine: sa.Engine
    clock: SettableClock
    name: str
    editions: list[tuple[Edition, Version]] = field(default_factory=list)
    people: list[Resident] = field(default_factory=list)

    @property
    def version(self) -> Version:
        return self.editions[-1][1]

    def publish(self, edition: Edition) -> None:
        text = edition.text(self.name, len(self.editions) + 1)
        self.editions.append((edition, released(self.begin, policy(text))))

    def come(self) -> Resident:
        one = Resident(fresh_person(self.begin), self.clock.now())
        with self.begin() as work:
            facts.change(work, one.subject, add=["account.open", "consent.push.explicit"])
        self.people.append(one)
        return one

    def accept(self, one: Resident) -> None:
        with self.begin() as work:
            facts.change(work, one.subject, add=["age.adult"])
            consent.accept(work, VAULT, self.version, one.subject, documents=["policy"], **HOW)
        one.accepted = self.version.number

    def tell(self, one: Resident) -> None:
        with self.begin() as work:
            consent.tell(work, VAULT, self.version, one.subject, channel="email")
        one.told.append((self.version.number, self.clock.now()))

    def belong(self, one: Resident, audience: str | None) -> None:
        rule_sets = self.version.policy.rule_sets
        if audience is None or audience in rule_sets:
            held = {f"audience.{name}" for name in ("west", "east") if name in rule_sets}
            with self.begin() as work:
                belong(work, VAULT, one.subject, self.version.policy, audience)
                facts.change(work, one.subject, remove={"audience.west", "audience.east"} - held)
            one.audience = audience

    def expected(self, one: Resident) -> int:
        newest, held = len(self.editions), one.accepted
        if held is None:
            met = sum(version.published_at <= one.came for _, version in self.editions)
            held = met if met and self._terms(met, one).deemed else newest
        while held < newest and self._terms(held, one).deemed:
            terms = self._terms(held, one)
            told = [self.editions[held][1].published_at] if terms.public else [at for n, at in one.told if n > held]
            if not told or self.clock.now() < _over(min(told), terms.days):
                break
            held += 1
        return held

    def _terms(self, number: int, one: Resident) -> Terms:
        general, west, east = self.editions[number - 1][0].terms
        return {None: general, "west": west, "east": east}[one.audience]


def _over(told: datetime, days: int | None) -> datetime:
    if days is None:
        return told
    day = told.astimezone(SHANGHAI).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def story(begin: Begin, engine: sa.Engine, clock: SettableClock, first: Edition) -> Story:
    """A new policy in a year of its own, with somebody who came before it and somebody who came after."""
    clock.set(datetime(clock.now().year + 1, 1, 1, tzinfo=UTC))
    with begin() as work:
        made = Story(begin, engine, clock, f"shop{int.from_bytes(work.entropy(4), 'big')}")
    made.come()
    clock.advance(timedelta(hours=1))
    made.publish(first)
    clock.advance(timedelta(hours=1))
    made.come()
    clock.advance(timedelta(hours=1))
    return made


terms = st.builds(Terms, st.booleans(), st.booleans(), st.sampled_from([None, 1, 5, 30]))
alike = terms.map(lambda one: Edition((one, one, one)))
editions = alike | st.builds(Edition, st.tuples(terms, terms, terms))
people = st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("publish"), editions),
    st.tuples(st.sampled_from(["accept", "tell"]), people),
    st.tuples(st.just("belong"), st.tuples(people, st.sampled_from(AUDIENCES))),
    st.tuples(st.just("come"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([timedelta(0), timedelta(days=3), timedelta(days=31)])),
    st.tuples(st.just("notice"), st.none()),
)
histories = st.lists(steps, min_size=3, max_size=12)


def take(told: Story, kind: str, what: object) -> None:
    """One step of a history."""
    if isinstance(what, Edition):
        told.publish(what)
    elif isinstance(what, timedelta):
        told.clock.advance(what)
    elif isinstance(what, tuple):
        told.belong(told.people[what[0] % len(told.people)], what[1])
    elif isinstance(what, int):
        (told.accept if kind == "accept" else told.tell)(told.people[what % len(told.people)])
    elif kind == "come":
        told.come()


def instants(told: Story) -> list[datetime]:
    """Now, or, where somebody's notice is running, the last instant of the first notice and the one after it."""
    with told.begin() as work:
        ends = bindings(work, told.version).next_change
    return [told.clock.now()] if ends is None else [ends - TICK, ends]


LAW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(editions, histories)
@LAW
def test_everybody_at_once_is_bound_as_each_alone_and_as_the_slow_reading_says(
    begin: Begin, engine: sa.Engine, clock: SettableClock, first: Edition, history: list[tuple[str, object]]
) -> None:
    told = story(begin, engine, clock, first)
    for kind, what in [*history, ("notice", None)]:
        take(told, kind, what)
        for at in instants(told) if kind == "notice" else [clock.now()]:
            clock.set(at)
            _all_agree(told)


def _all_agree(told: Story) -> None:
    expected = {one.subject: told.expected(one) for one in told.people}
    with told.begin() as work:
        alone = {one: consent.in_force_for(work, told.version, one).number for one in expected}
        at_once = bindings(work, told.version)
        some = bindings_of(work, told.version, list(expected)[::2])
    assert alone == expected
    newest = told.version.number
    assert at_once.versions == {one: f"{told.name}:{number}" for one, number in expected.items() if number != newest}
    _is_part(some, at_once, list(expected)[::2])
    _ends_are_right(told, at_once)


def _is_part(some: Bindings, whole: Bindings, people: Sequence[str]) -> None:
    assert some.versions == {one: version for one, version in whole.versions.items() if one in people}
    assert some.until == {one: at for one, at in whole.until.items() if one in people}


def _ends_are_right(told: Story, found: Bindings) -> None:
    """Just before it ends nothing has changed for anybody; at the end it has for those it was said of."""
    now = told.clock.now()
    if found.next_change is None:
        told.clock.advance(timedelta(days=400))
        assert {one.subject for one in told.people if told.expected(one) != told.version.number} == set(found.versions)
    else:
        before = {one.subject: told.expected(one) for one in told.people}
        told.clock.set(found.next_change - TICK)
        assert {one.subject: told.expected(one) for one in told.people} == before
        told.clock.set(found.next_change)
        moved = {one.subject for one in told.people if told.expected(one) != before[one.subject]}
        assert moved == {one for one, at in found.until.items() if at == found.next_change}
    told.clock.set(now)


@given(editions, histories)
@LAW
def test_a_replica_answers_and_lists_as_the_database_at_every_instant(
    begin: Begin, engine: sa.Engine, clock: SettableClock, first: Edition, history: list[tuple[str, object]]
) -> None:
    told = story(begin, engine, clock, first)
    replica = Replica(begin, Marker(engine), clock.now, told.name)
    listing = Replica(begin, Marker(engine), clock.now, told.name)
    for kind, what in [*history, ("notice", None)]:
        take(told, kind, what)
        for at in instants(told) if kind == "notice" else [clock.now()]:
            clock.set(at)
            replica.refresh()
            listing.refresh()
            _answers_agree(told, replica, listing)


def _answers_agree(told: Story, replica: Replica, listing: Replica) -> None:
    with told.begin() as work:
        alone = {one.subject: peek(work, VAULT, told.version, one.subject, PUSH) for one in told.people}
        listed = set(whom(work, told.version, PUSH))
    assert {one: replica.may(one, item=PUSH.item, purpose=PUSH.purpose) for one in alone} == alone
    assert not replica.stale()
    allowed = {one for one, answer in alone.items() if answer.outcome == "allowed"}
    assert listed & alone.keys() == allowed
    assert set(listing.whom(PUSH.purpose, PUSH.item)) & alone.keys() == allowed


DEEMED = Terms(deemed=True, public=True, days=30)
ALIKE = Edition((DEEMED,) * 3)


def test_a_replica_moves_people_on_when_the_notice_ends_though_nothing_is_committed(
    begin: Begin, engine: sa.Engine, clock: SettableClock
) -> None:
    told = story(begin, engine, clock, ALIKE)
    replica = Replica(begin, Marker(engine), clock.now, told.name)
    told.publish(ALIKE)
    assert replica.refresh()
    one = told.people[1].subject
    with begin() as work:
        ends = bindings(work, told.version).until[one]
    clock.set(ends - TICK)
    assert not replica.refresh()
    assert replica.may(one, item=PUSH.item, purpose=PUSH.purpose).version == f"{told.name}:1"
    clock.set(ends)
    assert replica.refresh()
    assert replica.may(one, item=PUSH.item, purpose=PUSH.purpose).version == f"{told.name}:2"
    assert not replica.refresh()


AT_ONCE = Terms(deemed=True, public=True, days=None)
ONE_BY_ONE = Terms(deemed=True, public=False, days=None)
PINNED = Terms(deemed=False, public=True, days=None)


def test_a_replica_hears_of_audiences_tellings_and_acceptances(
    begin: Begin, engine: sa.Engine, clock: SettableClock
) -> None:
    first = Edition((AT_ONCE, PINNED, ONE_BY_ONE))
    told = story(begin, engine, clock, first)
    one = told.people[1]
    told.accept(one)
    told.publish(first)
    replica = Replica(begin, Marker(engine), clock.now, told.name)

    def bound() -> int:
        replica.refresh()
        number = int(replica.may(one.subject, item=PUSH.item, purpose=PUSH.purpose).version.split(":")[1])
        assert (one.subject in set(replica.whom(PUSH.purpose, PUSH.item))) is (number == 2)
        assert number == told.expected(one)
        return number

    assert bound() == 2
    told.belong(one, "west")
    assert bound() == 1
    told.belong(one, "east")
    assert bound() == 1
    told.tell(one)
    assert bound() == 2
    told.belong(one, "west")
    assert bound() == 1
    told.accept(one)
    assert bound() == 2


def test_whoever_waits_is_exported_and_compiled_under_the_version_that_binds_them(
    begin: Begin, engine: sa.Engine, clock: SettableClock, tmp_path: Path
) -> None:
    told = story(begin, engine, clock, ALIKE)
    told.publish(ALIKE)
    early, one = told.people
    with begin() as work:
        export_states(work, told.version, tmp_path / "states.parquet")
        assert set(masks_in_use(work, told.version)) == {f"{told.name}:1", f"{told.name}:2"}
    found = {row["subject"]: row["version"] for row in pq.read_table(tmp_path / "states.parquet").to_pylist()}
    assert found == {early.subject: f"{told.name}:2", one.subject: f"{told.name}:1"}
    clock.advance(timedelta(days=40))
    with begin() as work:
        assert list(masks_in_use(work, told.version)) == [f"{told.name}:2"]


@pytest.mark.parametrize("settled", [True, False])
def test_where_time_has_taken_everybody_nobody_is_looked_at(
    begin: Begin, engine: sa.Engine, clock: SettableClock, *, settled: bool
) -> None:
    told = story(begin, engine, clock, ALIKE)
    told.publish(ALIKE)
    clock.advance(timedelta(days=40 if settled else 1))
    seen: list[str] = []

    def hear(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    with begin() as work:
        bindings(work, told.version)  # the versions' own words are read once
        sa.event.listen(engine, "before_cursor_execute", hear)
        bindings(work, told.version)
        sa.event.remove(engine, "before_cursor_execute", hear)
    assert any("registered_at" in statement for statement in seen) is not settled
    assert len(seen) == 2 if settled else len(seen) > 2


def test_many_who_are_bound_by_an_older_version_are_listed_like_few(
    begin: Begin, engine: sa.Engine, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = story(begin, engine, clock, ALIKE)
    for _ in range(4):
        told.come()
    clock.advance(timedelta(hours=1))
    told.publish(Edition((Terms(deemed=True, public=False, days=None),) * 3))
    with begin() as work:
        few = sorted(whom(work, told.version, PUSH))
        monkeypatch.setattr("troth.decision.service._BY_NAME", 2)
        assert sorted(whom(work, told.version, PUSH)) == few
        alone = [peek(work, VAULT, told.version, one.subject, PUSH) for one in told.people]
    assert few == sorted(one.subject for one, said in zip(told.people, alone, strict=True) if said.outcome == "allowed")
    assert len(set(itertools.chain(said.version for said in alone))) == 2
