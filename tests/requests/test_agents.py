"""Agents' requests on each kind of own database: the directory, messages taken once, states, and news for agents."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tests.requests.world import MINE, POLICY, World
from troth.base.errors import ConflictError, InputError
from troth.base.sensitive import Sensitive
from troth.policy.read import parse
from troth.requests import tables
from troth.requests.drp import exercise as exercising
from troth.requests.drp import news, rows
from troth.requests.drp.message import MessageError, checked, decode, verified
from troth.requests.drp.model import Claim, Exercise, Status
from troth.requests.drp.rows import Theirs
from troth.requests.drp.status import status
from troth.requests.machine import FINAL, State
from troth.requests.proof import agents
from troth.requests.proof.agents import Agent
from troth.requests.pulse import PATIENCE
from troth.subjects.identifier import identifier
from troth.versions import service as versions

OPEN = POLICY.replace("requests:\n", "requests:\n  agents: {appointed: {written: {zh: 书面, en: in writing}}}\n", 1)
KEY = SigningKey(b"k" * 32)
ONE = Agent("GOOD_AGENT", "Good", "desk@agent.example", bytes(KEY.verify_key), "https://agent.example")
ENDED = {"fulfilled", "denied", "revoked", "expired"}


@pytest.fixture
def world(company: World) -> World:
    with company.begin() as work:
        company.version = versions.publish(work, parse({"policy.yaml": OPEN}), company.company.maps, by="test")
        agents.add(work, ONE)
    return company


def asked(action: str = "deletion", *, shown: bool = True, callback: str | None = None) -> Exercise:
    claim = Claim(identifier("phone", MINE), shown)
    return Exercise(action, (claim,), Sensitive(f"exercise: {action}"), callback=callback)


def exercise(world: World, one: Exercise) -> Theirs:
    with world.begin() as work:
        made = exercising.exercise(work, world.vault, world.version, ONE, one, jobs=world.jobs)
        news.seen(work, made.id)
        return made


def stands(world: World, one: Theirs) -> Status:
    with world.begin() as work:
        return status(work, rows.mine(work, ONE.id, one.id))


def test_a_token_is_kept_as_its_hash_alone_and_the_newest_holds(world: World) -> None:
    with world.begin() as work:
        first, second = agents.give_token(work, ONE.id), agents.give_token(work, ONE.id)
        assert first != second
        assert agents.of_token(work, first) is None
        assert agents.of_token(work, second) == ONE
        row = repr(work.db.execute(sa.select(tables.agent)).one())
    assert second not in row


def test_a_new_name_keeps_the_token_and_a_new_key_ends_it(world: World) -> None:
    with world.begin() as work:
        token = agents.give_token(work, ONE.id)
        agents.add(work, replace(ONE, name="Better"))
        assert agents.of_token(work, token) == replace(ONE, name="Better")
        agents.add(work, replace(ONE, verify_key=b"x" * 32))
        assert agents.of_token(work, token) is None
        agents.remove(work, ONE.id)
        assert agents.listed(work) == ()
        with pytest.raises(InputError):
            agents.remove(work, ONE.id)
        leaves = [bytes(one) for one in work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars()]
    kinds = [b"agent.listed", b"agent.listed", b"agent.listed", b"agent.removed"]
    assert [kind for leaf in leaves for kind in set(kinds) if kind in leaf] == kinds


def test_a_message_is_taken_once_as_long_as_it_is_good(world: World) -> None:
    end = world.clock.now() + timedelta(minutes=10)
    with world.begin() as work:
        exercising.once(work, b"d" * 32, end)
    with world.begin() as work, pytest.raises(ConflictError):
        exercising.once(work, b"d" * 32, end)
    world.clock.advance(timedelta(minutes=10))
    with world.begin() as work:
        exercising.once(work, b"e" * 32, end + timedelta(minutes=10))
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.agent_message)) == 1


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("shown", [True, False])
def test_every_state_of_ours_is_one_of_the_protocols_and_ends_with_it(world: World, state: State, shown: bool) -> None:
    """Open requests are never told as ended, and ended ones never as open."""
    made = exercise(world, asked(shown=shown))
    ended = {"closed_at": world.clock.now()} if state in FINAL else {}
    with world.begin() as work:
        work.db.execute(tables.request.update().values(state=state.value, blocked=None, **ended))
    told = stands(world, made)
    assert (told.state in ENDED) is (state in FINAL)
    assert (told.reason == "need_user_verification") is (state is State.IDENTIFYING)
    assert told.expected_by if told.state == "in_progress" else not told.expected_by
    plain = told.plain("https://privacy.example")
    assert None not in plain.values()


def test_an_erasure_by_an_agent_is_an_erasure(world: World) -> None:
    made = exercise(world, asked())
    assert made.request is not None
    assert stands(world, made).state == "in_progress"
    world.run_all()
    assert stands(world, made).state == "fulfilled"
    assert not any(any(counts.values()) for counts in world.mine_left().values())


@dataclass
class Told:
    """What one look at the news gives, and takes if it is heard."""

    world: World

    def look(self, *, heard: bool = True) -> list[str]:
        found: list[str] = []
        with self.world.begin() as work:
            for one in news.due(work):
                if news.claim(work, one):
                    found.append(one.status.state)
                    if heard:
                        news.told(work, one)
        return found


def test_news_are_told_once_and_again_only_if_they_were_not_heard(world: World) -> None:
    exercise(world, asked(callback="https://agent.example/x"))
    told = Told(world)
    assert told.look() == []
    world.run_all()
    assert told.look(heard=False) == ["fulfilled"]
    assert told.look() == [], "somebody has it"
    world.clock.advance(news.PAUSE)
    assert told.look() == ["fulfilled"]
    world.clock.advance(news.PAUSE)
    assert told.look() == []
    with world.begin() as work:
        assert work.db.scalar(sa.select(tables.agent_request.c.callback)) is None, "its address is forgotten"


def test_the_end_of_what_nobody_proved_is_told_as_well_and_it_lies_beside_what_the_person_asks(world: World) -> None:
    own = world.open("erasure")
    made = exercise(world, asked(shown=False, callback="https://agent.example/x"))
    assert made.request not in {None, own.id}
    assert not made.joined
    told = Told(world)
    world.clock.advance(PATIENCE - timedelta(seconds=1))
    assert told.look() == []
    world.clock.advance(timedelta(seconds=1))
    world.pulse()
    assert told.look() == ["denied"]
    assert told.look() == []


def test_nothing_of_the_person_lies_in_the_rows_of_agents(world: World) -> None:
    exercise(world, replace(asked(), said=Sensitive("name: Lin Example")))
    with world.begin() as work:
        found = repr([work.db.execute(table.select()).all() for table in (tables.agent_request, tables.agent_message)])
        leaves = repr(work.db.exec_driver_sql("SELECT leaf FROM journal_entry").all())
    for secret in (MINE, MINE[-8:], "Lin Example"):
        assert secret not in found
        assert secret not in leaves


@given(st.binary(max_size=200))
def test_whatever_comes_decodes_or_is_refused_and_what_decodes_reads_back(body: bytes) -> None:
    said = told(lambda: decode(body))
    assert said == "drp.not-base64" or base64.b64encode(decode(body)) == body


@given(st.binary(min_size=1, max_size=120), st.data())
def test_only_what_the_key_signed_verifies(plain: bytes, data: st.DataObject) -> None:
    signed = bytearray(KEY.sign(plain))
    place = data.draw(st.integers(0, len(signed) - 1))
    signed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(MessageError) as refused:
        verified(bytes(signed), ONE)
    assert refused.value.code == "drp.signature"


CLAIMS = st.fixed_dictionaries(
    {
        "agent-id": st.sampled_from(["GOOD_AGENT", "EVIL", "", None]),
        "business-id": st.sampled_from(["KAICONN", "OTHER", "", None]),
        "issued-at": st.sampled_from(["2026-03-02T00:59:59Z", "2026-03-02T01:00:01Z", "2026-03-02T01:00:00", None]),
        "expires-at": st.sampled_from(["2026-03-02T00:59:59+00:00", "2026-03-02T03:00:00+01:30", "soon", 7]),
        "drp.version": st.sampled_from(["1.0", "0.9.4", "0.7", None]),
    }
)
ORDER: Mapping[
    str, Callable[[Mapping[str, object]], bool]
] = {  # the protocol's § 3.07, step by step, with what each finds wrong in the claims above
    "drp.other-agent": lambda v: v["agent-id"] != "GOOD_AGENT",
    "drp.other-business": lambda v: v["business-id"] != "KAICONN",
    "drp.bad-time/issued": lambda v: v["issued-at"] in {"2026-03-02T01:00:00", None},
    "drp.not-issued": lambda v: v["issued-at"] == "2026-03-02T01:00:01Z",
    "drp.bad-time/expires": lambda v: v["expires-at"] in {"soon", 7},
    "drp.expired": lambda v: v["expires-at"] == "2026-03-02T00:59:59+00:00",
    "drp.version": lambda v: v["drp.version"] in {"0.7", None},
}


@given(CLAIMS)
def test_the_first_wrong_step_of_the_protocols_order_is_the_one_that_is_told(value: dict[str, object]) -> None:
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    wrong = next((code.partition("/")[0] for code, step in ORDER.items() if step(value)), None)
    assert told(lambda: checked(value, b"signed", agent="GOOD_AGENT", business="KAICONN", at=at)) == wrong


def told(check: Callable[[], object]) -> str | None:
    """The code with which a message is refused; None for one that passes."""
    try:
        check()
    except MessageError as refused:
        return refused.code
    return None
