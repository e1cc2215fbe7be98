"""What is signed is believed, in the order that the protocol makes binding, once; anything else writes nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.company import LIN_EMAIL
from tests.web.drp.conftest import AGENT, BUSINESS, Network
from troth.requests.drp.message import MessageError, decode, verified
from troth.requests.proof import agents

PATH = "data-rights-request"
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def good(network: Network, **claims: Any) -> dict[str, Any]:
    person = {"email": LIN_EMAIL, "email_verified": True}
    return network.agent.message(network.now, exercise="access", **person | claims)


def refused(network: Network, body: bytes, status: int, said: str, path: str = PATH, method: str = "POST") -> None:
    """The message is refused in the protocol's form, and nothing at all is written."""
    before = network.written()
    answer = network.agent.send(method, path, body)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["code"] == str(status)
    assert said in told["message"], told
    assert set(told) <= {"code", "message", "fatal"}
    assert LIN_EMAIL not in answer.text
    assert network.written() == before


Break = Callable[[Network, dict[str, Any]], bytes]


def not_base64(network: Network, value: dict[str, Any]) -> bytes:
    return b"*" + network.agent.sign(value)[1:]


def unsigned(network: Network, value: dict[str, Any]) -> bytes:
    return base64.b64encode(b"\0" * 64 + json.dumps(value).encode())


def signed_with(**claims: Any) -> Break:
    return lambda network, value: network.agent.sign({**value, **claims})


def ahead(network: Network, value: dict[str, Any]) -> bytes:
    return network.agent.sign(value | {"issued-at": (network.now + timedelta(seconds=1)).isoformat()})


def over(network: Network, value: dict[str, Any]) -> bytes:
    return network.agent.sign(value | {"expires-at": network.now.isoformat()})


STEPS: list[tuple[str, int, str, dict[str, Any]]] = [
    ("other agent", 403, "another agent's", {"agent-id": "OTHER_AGENT"}),
    ("other business", 403, "another business", {"business-id": "SOMEBODY_ELSE"}),
    ("not issued", 400, "not issued yet", {"issued-at": "2999-01-01T00:00:00Z"}),
    ("expired", 400, "expired", {"expires-at": "2001-01-01T00:00:00Z"}),
    ("version", 400, "another version", {"drp.version": "0.5"}),
    ("action", 400, "unsupported rights action", {"exercise": "teleport"}),
]


@pytest.mark.parametrize(
    ("break_", "status", "said"), [(not_base64, 400, "does not decode"), (unsigned, 403, "verify")]
)
def test_what_does_not_decode_or_verify_is_refused_before_anything_else(
    network: Network, break_: Break, status: int, said: str
) -> None:
    everything_else_wrong = {name: one for _, _, _, claims in STEPS for name, one in claims.items()}
    refused(network, break_(network, good(network) | everything_else_wrong), status, said)


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_of_all_that_is_wrong_the_first_step_of_the_order_is_told(network: Network, first: int) -> None:
    wrong = {name: one for _, _, _, claims in STEPS[first:] for name, one in claims.items()}
    _, status, said, _ = STEPS[first]
    refused(network, network.agent.sign(good(network) | wrong), status, said)


@pytest.mark.parametrize("break_", [ahead, over])
def test_the_edges_of_the_time_are_outside_of_it(network: Network, break_: Break) -> None:
    refused(network, break_(network, good(network)), 400, "issued" if break_ is ahead else "expired")


def test_decoding_comes_before_the_token_and_the_token_before_the_signature(network: Network) -> None:
    network.agent.token = "wrong"
    refused(network, not_base64(network, good(network)), 400, "does not decode")
    refused(network, unsigned(network, good(network)), 401, "no agent is known")
    network.agent.token = ""
    refused(network, network.agent.sign(good(network)), 401, "no agent is known")


def test_the_key_of_one_agent_does_not_sign_for_the_token_of_another(network: Network) -> None:
    network.agent.token, network.other.token = network.other.token, network.agent.token
    refused(network, network.agent.sign(good(network)), 403, "does not verify")


def test_a_good_message_is_taken_once_and_never_again(network: Network) -> None:
    body = network.agent.sign(good(network))
    assert network.agent.send("POST", PATH, body).status_code == 200
    refused(network, body, 409, "taken before")
    network.world.pass_time(timedelta(minutes=9))
    refused(network, body, 409, "taken before")
    network.world.pass_time(timedelta(minutes=1))
    refused(network, body, 400, "expired")


def test_messages_are_remembered_no_longer_than_they_could_be_replayed(network: Network) -> None:
    for _ in range(3):
        network.world.pass_time(timedelta(minutes=11))
        assert network.agent.exercise(network.now, exercise="sale:opt-out", email=LIN_EMAIL).status_code == 200
    assert len(network.written()["agent_message"]) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_message_with_any_byte_changed_is_refused_and_nothing_is_written(
    network: Network, data: st.DataObject
) -> None:
    body = bytearray(network.agent.sign(good(network)))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] = data.draw(st.sampled_from([one for one in ALPHABET if one != body[place]]))
    before = network.written()
    answer = network.agent.send("POST", PATH, bytes(body))
    assert answer.status_code in {400, 403}, answer.text
    assert network.written() == before


@pytest.mark.parametrize("length", range(3))
def test_base64_that_decodes_to_the_same_is_still_another_message(network: Network, length: int) -> None:
    """The last letters carry bits that mean nothing; they must be what an encoder writes."""
    plain = json.dumps(good(network, name="x" * length)).encode()
    body, listed = network.agent.sealed(plain), agents.agent(AGENT, "A", "a@b.example", network.agent.verify_key)
    assert body.endswith({0: b"", 1: b"==", 2: b"="}[(64 + len(plain)) % 3])
    for place in range(len(body) - 4, len(body)):
        for letter in {*ALPHABET} - {body[place]}:
            changed = body[:place] + bytes([letter]) + body[place + 1 :]
            with pytest.raises(MessageError):
                verified(decode(changed), listed)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400), more=st.binary(max_size=8))
def test_a_message_that_is_cut_or_lengthened_is_refused(network: Network, cut: int, more: bytes) -> None:
    body = network.agent.sign(good(network))
    changed = body[: max(0, len(body) - cut)] + more
    if changed != body:
        assert network.agent.send("POST", PATH, changed).status_code in {400, 403}


WELL_SIGNED = st.dictionaries(
    st.sampled_from(
        [
            "exercise",
            "regime",
            "email",
            "email_verified",
            "phone_number",
            "name",
            "address",
            "relationships",
            "status_callback",
            "agent-request-id",
            "issued-at",
            "expires-at",
            "drp.version",
            "power_of_attorney",
        ]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=WELL_SIGNED)
def test_whatever_an_agent_signs_is_taken_or_refused_and_never_fails(network: Network, claims: dict[str, Any]) -> None:
    answer = network.agent.send("POST", PATH, network.agent.sign(good(network) | claims))
    assert answer.status_code in {200, 400, 409}, answer.text
    told = answer.json()
    assert ("request_id" in told) is (answer.status_code == 200)


@pytest.mark.parametrize("plain", [b"", b"[]", b"null", b"{", b"[" * 40_000, b'{"a": NaN', b"\xff\xfe"])
def test_what_is_signed_must_be_one_json_object(network: Network, plain: bytes) -> None:
    refused(network, network.agent.sealed(plain), 400, "JSON object" if plain else "does not decode")


@pytest.mark.parametrize(
    "when", ["2026-03-02", "2026-03-02T01:00:00", "yesterday", 5, None, "9999-12-31T23:59:59-14:00", "20260302"]
)
@pytest.mark.parametrize("member", ["issued-at", "expires-at"])
def test_an_instant_without_an_offset_is_none(network: Network, member: str, when: Any) -> None:
    refused(network, network.agent.sign(good(network) | {member: when}), 400, f"`{member}` is no instant")


def test_what_is_too_long_or_not_text_is_refused(network: Network) -> None:
    refused(network, network.agent.sign(good(network, name="x" * 70_000)), 413, "cannot be taken")
    before = network.written()
    body, headers = network.agent.sign(good(network)), {"Authorization": f"Bearer {network.agent.token}"}
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = network.agent.client.request(
            "POST", f"/drp/v1/{PATH}", content=body, headers=headers | {"Content-Type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "415")
    assert network.written() == before


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": None}, "names nobody"),
        ({"email": "not an address"}, "not an e-mail address"),
        ({"phone_number": "12"}, "not a telephone number"),
        ({"email_verified": "yes"}, "`email_verified`"),
        ({"regime": "gdpr"}, "`regime`"),
        ({"agent-request-id": "two words"}, "`agent-request-id`"),
        ({"status_callback": "https://evil.example/x"}, "not at your origin"),
        ({"status_callback": "https://agent.example.evil.example/x"}, "not at your origin"),
        ({"name": "\ud800"}, "no JSON object"),
    ],
)
def test_what_the_protocol_does_not_have_is_refused_without_being_repeated(
    network: Network, claims: dict[str, Any], said: str
) -> None:
    refused(network, network.agent.sign(good(network) | claims), 400, said)


def test_a_key_that_was_changed_or_an_agent_that_was_removed_signs_nothing_any_more(network: Network) -> None:
    app, one = network.world.app, network.agent
    with app.begin() as work:
        agents.add(work, agents.agent(AGENT, "Renewed", "desk@agent.example", network.other.verify_key))
    assert one.exercise(network.now, email=LIN_EMAIL).status_code == 401, "its token ended with the key"
    assert one.set_up(network.now).status_code == 403
    with app.begin() as work:
        agents.remove(work, network.other.id)
    assert network.other.exercise(network.now, email=LIN_EMAIL).status_code == 401


def test_without_an_id_of_ours_no_message_is_for_us(network: Network) -> None:
    network.world.app.settings.__dict__["drp_business"] = ""
    assert network.world.web.state.application.settings.drp_business == ""
    for business in (BUSINESS, "", None):
        body = network.agent.sign(good(network) | {"business-id": business})
        refused(network, body, 403, "another business")
