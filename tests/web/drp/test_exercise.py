"""Rights exercised by agents: where each request stands, for whom, and what an agent never learns."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_EMAIL, NOBODY_PHONE, POLICY, QING_EMAIL, QING_PHONE
from tests.web.drp.conftest import AGENT, FOR_AGENTS, Network
from tests.web.world import OFFICER
from troth.app.sending.agents import tell_agents
from troth.app.sending.letters import Post, send_due
from troth.app.sending.outward import Outward, networks
from troth.base.text import LANGUAGES
from troth.requests import pulse
from troth.requests.deciding import review
from troth.requests.drp.model import ACTIONS
from troth.requests.drp.words import DETAILS
from troth.requests.machine import State
from troth.requests.proof import agents, proving
from troth.requests.service import of_subject, timeline
from troth.subjects import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import find, register

VERIFIED = {"email": LIN_EMAIL, "email_verified": True}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PUBLISHED: dict[str, set[str | None]] = {
    "in_progress": {None, "need_user_verification"},
    "fulfilled": {None},
    "revoked": {None},
    "expired": {None},
    "denied": {
        "suspected_fraud",
        "insuf_verification",
        "no_match",
        "claim_not_covered",
        "outside_jurisdiction",
        "too_many_requests",
        "other",
    },
}
"""The table of § 3.02, written from the protocol."""


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """A status as § 3.03 wants it."""
    assert UUID.fullmatch(told["request_id"])
    assert told.get("reason") in PUBLISHED[told["status"]]
    assert datetime.fromisoformat(told["received_at"]).tzinfo
    if told["status"] == "in_progress":
        assert datetime.fromisoformat(told["expected_by"]) > datetime.fromisoformat(told["received_at"])
    if told["status"] == "denied":
        assert told["processing_details"]
    assert ("user_verification_url" in told) is (told.get("reason") == "need_user_verification")
    return told


def ask(network: Network, **claims: Any) -> dict[str, Any]:
    answer = network.agent.exercise(network.now, **claims)
    assert answer.status_code == 200, answer.text
    return checked(answer.json())


def look(network: Network, told: dict[str, Any]) -> dict[str, Any]:
    answer = network.agent.status(told["request_id"])
    assert answer.status_code == 200, answer.text
    return checked(answer.json())


@pytest.mark.parametrize("action", [*ACTIONS, "sale:opt_out", "sale:opt_in"])
def test_every_right_of_the_protocol_is_carried_out_for_who_is_verified(network: Network, action: str) -> None:
    told = ask(network, exercise=action, **VERIFIED)
    network.world.run_due()
    assert look(network, told)["status"] == "fulfilled"
    ours = network.ours(told["request_id"])
    assert ours is not None
    assert (ours.subject, ours.state) == (network.world.lin, State.FULFILLED)
    with network.world.app.begin() as work:
        known = facts.facts(work, network.world.lin)
    assert ("opted-out.sale" in known) is (action in {"sale:opt-out", "sale:opt_out"})
    assert network.world.company.count("shop", "member") == (1 if action == "deletion" else 2)


def test_what_was_found_is_fetched_by_the_person_and_never_by_the_agent(network: Network) -> None:
    told = ask(network, exercise="access", **VERIFIED)
    network.world.run_due()
    done = look(network, told)
    place = done["results_url"].removeprefix("https://privacy.example")
    assert network.agent.client.get(place, follow_redirects=False).status_code in {303, 401}
    assert network.world.signed_in(LIN_PHONE).get(place).status_code == 200
    assert network.world.signed_in(QING_PHONE).get(place).status_code == 404
    network.world.pass_time(timedelta(days=15))
    with network.world.app.begin() as work:
        pulse.pulse(work, network.world.app.vault, network.world.app.jobs)
    assert look(network, told)["status"] == "expired"


def like(told: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is the request's own in any case."""
    own = told["request_id"]
    return {key: str(one).replace(own, "ID") for key, one in told.items()}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    action=st.sampled_from([one for one in ACTIONS if one != "sale:opt-out"]),
    by_phone=st.booleans(),
    before=st.sampled_from(["nothing", "own", "closing"]),
    waits=st.lists(st.integers(0, 30), max_size=3),
    ends=st.sampled_from(["lapse", "revoke", "look"]),
)
@example(action="sale:opt-in", by_phone=False, before="closing", waits=[8, 8], ends="look")
@example(action="deletion", by_phone=True, before="own", waits=[1], ends="lapse")
def test_before_it_is_shown_who_they_are_the_known_and_the_unknown_look_the_same(
    network: Network, action: str, by_phone: bool, before: str, waits: list[int], ends: str
) -> None:
    world = network.world
    number = vars(world)["people"] = vars(world).setdefault("people", 0) + 2
    known, unknown = ((f"p{one}@mail.example", f"+86199000{one:05d}") for one in (number, number + 1))
    _customer(network, known, before)
    told = [
        ask(network, exercise=action, **({"phone_number": who[1]} if by_phone else {"email": who[0]}))
        for who in (known, unknown)
    ]
    assert like(told[0]) == like(told[1])
    for days in [*waits, *([46] if ends == "lapse" else [])]:
        world.pass_time(timedelta(days=days))
        world.run_due()
        with world.app.begin() as work:
            pulse.pulse(work, world.app.vault, world.app.jobs)
        assert like(look(network, told[0])) == like(look(network, told[1]))
    assert sum(waits) > 40 or ends != "lapse" or look(network, told[0])["reason"] == "insuf_verification"
    if ends == "revoke":
        gone = [network.agent.revoke(one["request_id"]) for one in told]
        assert gone[0].status_code == gone[1].status_code
        assert like(look(network, told[0])) == like(look(network, told[1]))


def _customer(network: Network, known: tuple[str, str], before: str) -> None:
    """Somebody with an account, and whatever they have under way by themselves."""
    app = network.world.app
    with app.begin() as work:
        one = register(work, app.vault, [identifier("email", known[0]), identifier("phone", known[1])])
        facts.change(work, one, add=("account.open", "verified.email"))
    kinds = {"nothing": (), "own": ("copy", "erasure", "access"), "closing": ("close_account",)}[before]
    for kind in kinds:
        network.world.open(kind, one)


def test_who_is_not_verified_shows_it_to_staff_and_then_it_is_carried_out(network: Network) -> None:
    told = ask(network, exercise="access", email=LIN_EMAIL, name="Lin Example")
    assert told["reason"] == "need_user_verification"
    network.world.run_due()
    assert look(network, told)["reason"] == "need_user_verification"
    ours = network.ours(told["request_id"])
    assert ours is not None
    with network.world.app.begin() as work:
        app = network.world.app
        proving.prove(work, app.vault, ours.id, ["identity"], by=OFFICER, jobs=app.jobs)
    assert "reason" not in look(network, told)
    network.world.run_due()
    assert look(network, told)["status"] == "fulfilled"


def test_the_person_confirms_it_signed_in_and_nobody_else_can(network: Network) -> None:
    told = ask(network, exercise="access", email=LIN_EMAIL)
    place = told["user_verification_url"].removeprefix("https://privacy.example")
    qing = network.world.signed_in(QING_PHONE)
    assert qing.get(place).status_code == qing.post(place).status_code == 404
    assert qing.get("/agents/requests/x").status_code == 404
    for language in LANGUAGES:
        assert f"{AGENT} Ltd" in network.world.signed_in(LIN_PHONE, language).get(place).text
    lin = network.world.signed_in(LIN_EMAIL)
    page = lin.page(place)
    assert "reason" in look(network, told)
    lin.press(page, place)
    assert "reason" not in look(network, told)
    assert lin.get(place).status_code == 404, "there is nothing left to confirm"
    network.world.run_due()
    assert look(network, told)["status"] == "fulfilled"


def test_what_nobody_has_proved_is_in_nobodys_way_and_makes_nobody_known(network: Network) -> None:
    told = ask(network, exercise="access", email=LIN_EMAIL)
    ask(network, exercise="access", email=NOBODY_EMAIL)
    lin = network.world.signed_in(LIN_EMAIL)
    own = network.world.open("access", network.world.lin)
    with network.world.app.begin() as work:
        app = network.world.app
        assert [one.id for one in of_subject(work, network.world.lin)] == [own.id]
        assert find(work, app.vault, identifier("email", NOBODY_EMAIL)) is None
    assert f"{AGENT} Ltd" in lin.get("/agents").text
    lin.press(lin.page(f"/agents/requests/{told['request_id']}"), f"/agents/requests/{told['request_id']}")
    assert look(network, told)["reason"] == "other", "Lin asked for it before"
    network.world.run_due()
    with network.world.app.begin() as work:
        assert [one.state for one in of_subject(work, network.world.lin)] == [State.FULFILLED]


def test_what_an_agent_verifies_later_goes_on_and_is_one_request(network: Network) -> None:
    told = ask(network, exercise="deletion", email=LIN_EMAIL)
    network.world.pass_time(timedelta(seconds=1))
    again = ask(network, exercise="deletion", email=LIN_EMAIL)
    ours = [network.ours(one["request_id"]) for one in (told, again)]
    assert ours[0] == ours[1]
    ask(network, exercise="deletion", **VERIFIED)
    assert "reason" not in look(network, told)
    network.world.run_due()
    assert look(network, told)["status"] == look(network, again)["status"] == "fulfilled"
    with network.world.app.begin() as work:
        assert [one.id for one in of_subject(work, network.world.lin)] == [ours[0].id if ours[0] else None]


def test_whoever_an_agent_names_is_written_to_known_or_not(network: Network) -> None:
    for email in (LIN_EMAIL, NOBODY_EMAIL):
        ask(network, exercise="access", email=email)
    app = network.world.app
    assert send_due(app.begin, app.vault, Post(app.mail, app.sms, "https://privacy.example")) == 2
    assert {to for to, _ in network.world.outbox.sent} == {LIN_EMAIL, NOBODY_EMAIL}


def test_an_opt_out_needs_no_proof_of_who_somebody_is(network: Network) -> None:
    for email in (QING_EMAIL, NOBODY_EMAIL):
        assert ask(network, exercise="sale:opt-out", email=email)["status"] == "fulfilled"
    assert ask(network, exercise="sale:opt-in", email=QING_EMAIL)["reason"] == "need_user_verification"
    with network.world.app.begin() as work:
        assert "opted-out.sale" in facts.facts(work, network.world.qing)


@pytest.mark.parametrize("action", ["access", "deletion"])
def test_of_whom_nothing_is_held_that_is_said_once_the_stores_were_looked_through(
    network: Network, action: str
) -> None:
    told = ask(network, exercise=action, email=NOBODY_EMAIL, email_verified=True)
    assert told["status"] == "in_progress"
    network.world.run_due()
    assert look(network, told)["reason"] == "no_match"


def test_somebody_whom_only_the_stores_know_is_served(network: Network) -> None:
    network.world.company.execute("shop", f"INSERT INTO member VALUES (3, '{NOBODY_PHONE}', NULL, 'new', 'secret')")
    told = ask(network, exercise="deletion", phone_number=NOBODY_PHONE, phone_number_verified=True)
    network.world.run_due()
    assert look(network, told)["status"] == "fulfilled"
    assert network.world.company.count("shop", "member") == 2


def test_identifiers_of_one_message_are_never_joined(network: Network) -> None:
    """An agent that says two people are one leads neither to the data of the other, and proves nothing."""
    both = {"email": LIN_EMAIL, "email_verified": True, "phone_number": QING_PHONE, "phone_number_verified": True}
    assert ask(network, exercise="access", **both)["reason"] == "need_user_verification"
    mixed = {"email": NOBODY_EMAIL, "email_verified": True, "phone_number": LIN_PHONE, "phone_number_verified": True}
    told = ask(network, exercise="access:specific", **mixed)
    ours = network.ours(told["request_id"])
    assert ours is not None
    assert ours.subject == network.world.lin
    network.world.visitor().ask_for_code(NOBODY_EMAIL)
    assert all(to != NOBODY_EMAIL for to, _ in network.world.outbox.sent), "it did not become an address of Lin's"


def test_the_same_agent_request_id_is_one_request_and_never_two(network: Network) -> None:
    named = {"agent-request-id": "case-1", **VERIFIED}
    first = ask(network, exercise="access", **named)
    assert first["agent_request_id"] == "case-1"
    network.world.pass_time(timedelta(seconds=1))
    assert ask(network, exercise="access", **named) == first
    network.world.pass_time(timedelta(seconds=1))
    before = network.written()
    assert network.agent.exercise(network.now, exercise="deletion", **named).status_code == 409
    assert network.written() == before
    other = network.other.exercise(network.now, exercise="access", **named)
    assert other.json()["request_id"] != first["request_id"], "an agent's names are its own"


def test_revoking_ends_what_the_agent_asked_for(network: Network) -> None:
    told = ask(network, exercise="access", email=LIN_EMAIL)
    gone = network.agent.revoke(told["request_id"])
    assert (gone.status_code, checked(gone.json())["status"]) == (200, "revoked")
    assert network.agent.revoke(told["request_id"]).json() == gone.json(), "twice is once"
    ours = network.ours(told["request_id"])
    assert ours is not None
    assert ours.state is State.RECALLED


def test_revoking_what_the_person_asked_for_too_leaves_theirs(network: Network) -> None:
    theirs = network.world.open("erasure", network.world.lin)
    told = ask(network, exercise="deletion", **VERIFIED)
    assert network.agent.revoke(told["request_id"]).json()["status"] == "revoked"
    with network.world.app.begin() as work:
        assert of_subject(work, network.world.lin)[0].id == theirs.id
        assert [step.event for step in timeline(work, theirs.id)] == ["open"]
    network.world.run_due()
    assert network.world.company.count("shop", "member") == 1


def test_what_is_carried_out_already_cannot_be_revoked(network: Network) -> None:
    told = ask(network, exercise="deletion", **VERIFIED)
    network.world.run_due()
    answer = network.agent.revoke(told["request_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "409")
    assert "fatal" not in answer.json()
    assert look(network, told)["status"] == "fulfilled"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_anothers_request_answers_as_one_that_does_not_exist(network: Network, method: str) -> None:
    told = ask(network, exercise="access", **VERIFIED)
    body = network.other.sign({"reason": "mine"}) if method == "DELETE" else None
    paths = [f"data-rights-request/{one}" for one in (told["request_id"], "c789ff35-7644-4ceb-9981-4b35c264aac3", "x")]
    answers = [network.other.send(method, path, body) for path in paths]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert look(network, told)["status"] == "in_progress"


@pytest.mark.parametrize(
    ("text", "regime", "reason"),
    [
        (POLICY, "ccpa", "outside_jurisdiction"),
        (POLICY, None, "claim_not_covered"),
        (POLICY.replace("regimes: [cn]", "regimes: [cn, us-ca]"), "ccpa", "claim_not_covered"),
    ],
)
def test_a_policy_that_lets_no_agent_ask_denies_everybody_alike(
    network: Network, text: str, regime: str | None, reason: str
) -> None:
    network.publish(text.replace("updated: 2022-10-01", "updated: 2022-12-01"))
    for claims in (VERIFIED, {"email": NOBODY_EMAIL}):
        told = ask(network, exercise="deletion", regime=regime, **claims)
        assert (told["status"], told["reason"]) == ("denied", reason)
        assert network.ours(told["request_id"]) is None


def test_too_many_requests_are_told_as_such_only_to_who_is_verified(network: Network) -> None:
    often = "  erasure: {label: {zh: 删除, en: erasure}, frequency: {times: 1, per: 12 months},"
    text = FOR_AGENTS.replace("  erasure: {label: {zh: 删除, en: erasure},", often)
    assert text != FOR_AGENTS
    network.publish(text.replace("updated: 2022-11-01", "updated: 2022-12-01"))
    ask(network, exercise="deletion", **VERIFIED)
    network.world.run_due()
    network.world.pass_time(timedelta(days=1))
    assert ask(network, exercise="deletion", **VERIFIED)["reason"] == "too_many_requests"
    assert ask(network, exercise="deletion", email=LIN_EMAIL)["reason"] == "need_user_verification"


def test_the_answer_is_expected_by_the_strictest_limit(network: Network) -> None:
    told = ask(network, exercise="access", **VERIFIED)
    ours = network.ours(told["request_id"])
    assert ours is not None
    answers = [one.due_at for one in ours.deadlines if one.stage == "answer"]
    assert datetime.fromisoformat(told["expected_by"]) == min(answers)
    assert len(answers) > 1


def test_every_word_for_agents_is_in_both_languages() -> None:
    for words in DETAILS.values():
        assert set(words) == set(LANGUAGES)


HERE = Outward(networks(["127.0.0.0/8"]), seconds=2)


class Desk:
    """An agent's server: it keeps what it is told, and answers as it is set."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers = 200


@contextmanager
def desk() -> Iterator[tuple[Desk, str]]:
    kept = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.answers == 200:
                kept.told.append(json.loads(body))
            self.send_response(kept.answers)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield kept, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def tell(network: Network) -> int:
    return tell_agents(network.world.app.begin, HERE, "https://privacy.example")


def test_an_agent_is_told_of_every_change_once_and_hears_later_what_it_missed(network: Network) -> None:
    app = network.world.app
    with desk() as (kept, origin):
        with app.begin() as work:
            one = network.agent
            agents.add(work, agents.agent(one.id, "Agent", "desk@agent.example", one.verify_key, origin))
        told = ask(network, exercise="deletion", status_callback=f"{origin}/status", email=LIN_EMAIL)
        assert tell(network) == 0, "the answer to the call told it already"
        ours = network.ours(told["request_id"])
        assert ours is not None
        with app.begin() as work:
            proving.prove(work, app.vault, ours.id, ["identity"], by=OFFICER, jobs=app.jobs)
        assert (tell(network), tell(network)) == (1, 0)
        assert kept.told == [look(network, told)]
        for answer in (503, 302):
            kept.answers = answer
            network.world.run_due()
            assert tell(network) == 0
            assert tell(network) == 0, "it is left alone for a while"
            network.world.pass_time(timedelta(minutes=11))
        kept.answers = 200
        assert (tell(network), tell(network)) == (1, 0)
        assert kept.told[-1]["status"] == "fulfilled"
        assert kept.told[-1] == look(network, told)


def test_an_agent_leads_no_call_into_a_private_network(network: Network) -> None:
    with desk() as (kept, origin):
        with network.world.app.begin() as work:
            one = network.agent
            agents.add(work, agents.agent(one.id, "Agent", "desk@agent.example", one.verify_key, origin))
        ask(network, exercise="access", status_callback=f"{origin}/status", **VERIFIED)
        network.world.run_due()
        assert tell_agents(network.world.app.begin, Outward(seconds=2), "https://privacy.example") == 0
        assert kept.told == []
        network.world.pass_time(timedelta(minutes=11))
        assert tell(network) == 1


def test_an_agent_that_never_answers_is_given_up_after_some_days(network: Network) -> None:
    with desk() as (kept, origin):
        with network.world.app.begin() as work:
            one = network.agent
            agents.add(work, agents.agent(one.id, "Agent", "desk@agent.example", one.verify_key, origin))
        ask(network, exercise="access", status_callback=f"{origin}/status", **VERIFIED)
        network.world.run_due()
        network.world.pass_time(timedelta(days=8))
        assert tell(network) == 0
        assert kept.told == []


def test_what_staff_refuse_is_told_with_the_policys_own_ground(network: Network) -> None:
    text = FOR_AGENTS.replace(
        "  within: 30 working days\nrights:",
        "  within: 30 working days\n  refuse: {abuse: {label: {zh: 滥用, en: abuse of rights}}}\nrights:",
    )
    assert text != FOR_AGENTS
    network.publish(text.replace("updated: 2022-11-01", "updated: 2022-12-01"))
    told = ask(network, exercise="access", **VERIFIED)
    ours = network.ours(told["request_id"])
    assert ours is not None
    with network.world.app.begin() as work:
        work.db.exec_driver_sql(f"UPDATE request SET state = 'in_review' WHERE id = '{ours.id}'")
        review.refuse(work, network.world.app.vault, ours.id, "abuse", reason="secret reason", by=OFFICER)
    done = look(network, told)
    assert (done["status"], done["reason"]) == ("denied", "claim_not_covered")
    assert "abuse of rights" in done["processing_details"]
    assert "secret" not in done["processing_details"]
