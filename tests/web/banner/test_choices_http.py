"""What is sent to the banner's addresses, by a script or by anybody: what is written, and what is refused whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.banner.caller import Caller, rows
from tests.web.banner.shop import SEPARATE, SIGNAL
from tests.web.banner.site import Site
from troth.consent.service import state
from troth.subjects import facts
from troth.web.banner.visitor import find_profile

BOTH = {"ads": "given", "analytics": "refused"}


def test_every_choice_is_an_event_with_the_text_that_was_shown(there: Site) -> None:
    caller = Caller(there)
    told = caller.choose(BOTH)
    assert there.chosen() == [("ads", "given"), ("analytics", "refused")]
    assert told["states"] == BOTH
    assert told["ask"] == []
    assert told["receipts"] == {event.function: event.id for event in there.events()}
    configured = {one["name"]: one["shown"]["en"] for one in caller.load()["matters"]}
    for event in there.events():
        assert there.text(event) == configured[event.function]
        assert (event.language, event.interface, event.actor) == ("en", "banner/each", "self")
        assert event.version == "shop:1"


def test_decisions_see_the_choice_at_once(there: Site) -> None:
    caller = Caller(there)
    caller.choose(BOTH)
    with there.app.begin() as work:
        subject = find_profile(work, there.app.vault, caller.profile)
        assert subject is not None
        assert {one for one in facts.facts(work, subject) if one.startswith("consent.")} == {
            "consent.ads.deemed",
            "consent.ads.general",
            "consent.ads.explicit",
        }


@pytest.mark.parametrize("layer", ["first", "again"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_two_buttons_for_all_are_recorded_with_the_first_layers_text(
    there: Site, language: str, layer: str
) -> None:
    caller = Caller(there)
    words = caller.load()["words"][language]
    caller.choose({"ads": "given", "analytics": "given"}, layer=layer, language=language)
    labels = {"en": ["personalised ads", "visit statistics"], "zh": ["个性化广告", "访问统计"]}
    for event in there.events():
        assert there.text(event) == "\n".join([words["title"], words[layer], *labels[language]])
        assert (event.interface, event.language) == (f"banner/{layer}", language)


def test_agreeing_again_renews_and_taking_back_withdraws(there: Site) -> None:
    caller = Caller(there)
    for word in ("given", "given", "withdrawn"):
        assert caller.choose({"ads": word})["states"]["ads"] == word
    assert there.chosen() == [("ads", "given"), ("ads", "renewed"), ("ads", "withdrawn")]
    assert len({event.subject for event in there.events()}) == 1


def test_nobodys_no_is_turned_away(there: Site) -> None:
    told = Caller(there).choose({"ads": "withdrawn"})
    assert there.chosen() == [("ads", "refused")]
    assert told["states"] == {"ads": "refused"}


def test_a_withdrawal_whose_answer_was_lost_is_told_again_and_not_written_again(there: Site) -> None:
    caller = Caller(there)
    caller.choose({"ads": "given"})
    first = caller.choose({"ads": "withdrawn"})
    before = rows(there)
    assert caller.choose({"ads": "withdrawn"}) == first
    assert rows(there) == before
    assert there.chosen() == [("ads", "given"), ("ads", "withdrawn")]


def test_a_no_may_be_turned_into_a_yes_by_the_visitors_own_switch_alone(there: Site) -> None:
    caller = Caller(there)
    caller.choose({"ads": "refused", "analytics": "refused"})
    there.clock.advance(timedelta(days=1))
    bundled = caller.send(caller.body({"ads": "given"}, layer="again"))
    caller.choose({"ads": "given"})
    assert there.events()[-1].interface == "website/settings"
    assert there.chosen()[-1] == ("ads", "given")
    assert (bundled.status_code, bundled.json()["code"]) == (403, "consent.asked-too-soon")


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "nothing": ({"choices": {}}, 422, "banner.nothing"),
    "a matter that is not asked about": ({"choices": {"visit": "given"}}, 422, "banner.not-asked"),
    "an unknown matter beside a known one": ({"choices": {**BOTH, "x": "given"}}, 422, "banner.not-asked"),
    "an unknown word": ({"choices": {"ads": "yes"}}, 422, "banner.malformed"),
    "an unknown language": ({"language": "de"}, 422, "banner.malformed"),
    "no language": ({"language": None}, 422, "banner.malformed"),
    "an unknown layer": ({"layer": "all"}, 422, "banner.malformed"),
    "a profile of another shape": ({"profile": "lin@mail.example"}, 422, "banner.malformed"),
    "an unknown key": ({"subject": "sub-a"}, 422, "banner.malformed"),
    "a signal that is no truth value": ({"gpc": "1"}, 422, "banner.malformed"),
    "choices that are a list": ({"choices": ["ads"]}, 422, "banner.malformed"),
    "far too many choices": ({"choices": {f"m{n}": "given" for n in range(200)}}, 422, "banner.malformed"),
    "what was not shown": ({"shown": None}, 409, "banner.stale"),
    "what is shown no longer": ({"shown": "sha256:" + "0" * 64}, 409, "banner.stale"),
    "an unknown audience": ({"audience": "mars"}, 422, "policy.unknown-rule-set"),
    "agreement to what the signal refuses": ({"gpc": True}, 403, "banner.signal"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_answer_is_refused_whole_and_nothing_is_written(there: Site, name: str) -> None:
    change, status, code = WRONG[name]
    there.publish(SIGNAL, *([RULES] if "audience" in change else []))
    caller, before = Caller(there), rows(there)
    response = caller.send({**caller.body(BOTH), **change})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"status", "code", "message", "hint", "problems"}
    assert rows(there) == before


RULES = """
rule_sets:
  california:
    label: {zh: 加州居民, en: residents of California}
    audience: {zh: 加州居民, en: residents of California}
    regimes: [us-ca]
"""


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(there: Site, sent: bytes) -> None:
    before = rows(there)
    response = Caller(there).client.post(
        "/banner/v1/shop/choices", content=sent, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in {400, 413}
    assert response.json()["code"] in {"web.not-json", "web.not-accepted"}
    assert rows(there) == before


@pytest.mark.parametrize("path", ["choices", "standing"])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://www.shop.example",
        "null",
    ],
)
def test_only_the_sites_in_the_settings_are_heard(there: Site, origin: str, path: str) -> None:
    caller, before = Caller(there, origin=origin), rows(there)
    response = caller.client.post(f"/banner/v1/shop/{path}", json=caller.body(BOTH))
    assert (response.status_code, response.json()["code"]) == (403, "banner.origin")
    assert "access-control-allow-origin" not in response.headers
    assert rows(there) == before


def test_a_call_that_says_nothing_of_where_it_comes_from_is_not_heard(there: Site) -> None:
    caller, before = Caller(there), rows(there)
    body = caller.body(BOTH)
    del caller.client.headers["Origin"]
    assert caller.send(body).json()["code"] == "banner.origin"
    assert rows(there) == before


def test_browsers_let_the_sites_pages_read_the_answers_and_no_others(there: Site) -> None:
    caller = Caller(there)
    for path in ("", "/choices", "/standing"):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        known = caller.client.options(f"/banner/v1/shop{path}", headers=asked)
        assert known.status_code == 200
        assert known.headers["access-control-allow-origin"] == there.origin
        assert "access-control-allow-credentials" not in known.headers
        unknown = caller.client.options(f"/banner/v1/shop{path}", headers={**asked, "Origin": "https://evil.example"})
        assert unknown.status_code == 400
        assert "access-control-allow-origin" not in unknown.headers
    assert caller.send(caller.body({})).headers["access-control-allow-origin"] == there.origin, "errors can be read too"


def test_no_cookie_is_set_and_none_is_read(there: Site) -> None:
    caller = Caller(there)
    told = caller.send(caller.body(BOTH), headers={"Cookie": "troth-person=whatever"})
    assert told.status_code == 200
    assert not told.headers.get_list("set-cookie")
    assert not caller.client.cookies


def test_our_own_pages_stay_closed_to_other_sites(there: Site) -> None:
    caller = Caller(there)
    for path in ("/banner/v1/../../sign-out", "/sign-out", "/banner.js"):
        assert caller.client.post(path).status_code in {403, 404, 405}
    assert caller.client.get("/policy").headers.get("access-control-allow-origin") is None


def test_many_answers_at_once_have_to_wait_and_then_do_not(there: Site) -> None:
    caller = Caller(there)
    body = caller.body({"ads": "refused"})
    codes = [caller.send(body).status_code for _ in range(41)]
    assert codes == [200] * 40 + [429]
    refused = caller.send(body)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("web.too-many", "1")
    there.clock.advance(timedelta(seconds=2))
    assert caller.send(body).status_code == 200


def test_a_profile_that_we_did_not_make_is_never_taken_over(there: Site) -> None:
    caller = Caller(there)
    caller.profile = "brw-" + "a" * 16
    told = caller.choose(BOTH)
    assert told["profile"] not in {None, "brw-" + "a" * 16}
    stranger = Caller(there)
    stranger.profile = "brw-" + "a" * 16
    assert stranger.standing() == {**told, "profile": None, "states": {}, "ask": ["ads", "analytics"], "receipts": {}}


def test_two_browsers_are_two_people(there: Site) -> None:
    one, other = Caller(there), Caller(there)
    one.choose({"ads": "given"})
    other.choose({"ads": "refused"})
    assert one.standing()["states"] == {"ads": "given"}
    assert other.standing()["states"] == {"ads": "refused"}
    assert len({event.subject for event in there.events()}) == 2


def test_looking_writes_nothing(there: Site) -> None:
    caller = Caller(there)
    caller.choose(BOTH)
    before = rows(there)
    caller.standing()
    caller.load()
    assert rows(there) == before


@pytest.mark.parametrize("layer", ["first", "again"])
def test_a_separate_consent_is_never_part_of_accepting_all(there: Site, layer: str) -> None:
    there.publish(SIGNAL, SEPARATE)
    caller, before = Caller(there), rows(there)
    response = caller.send(caller.body({"advice": "given", "ads": "given"}, layer=layer))
    assert (response.status_code, response.json()["code"]) == (403, "banner.bundled")
    assert rows(there) == before
    assert caller.choose({"advice": "given"}, layer="each")["states"] == {"advice": "given"}


def test_refusing_may_be_bundled(there: Site) -> None:
    there.publish(SIGNAL, SEPARATE)
    everything = {"advice": "refused", "ads": "refused", "analytics": "refused"}
    assert Caller(there).choose(everything, layer="first")["states"] == everything


WORDS = st.dictionaries(
    st.sampled_from(["ads", "analytics", "nothing-known"]),
    st.sampled_from(["given", "refused", "withdrawn"]),
    max_size=3,
)
ANSWERS = st.lists(st.tuples(WORDS, st.sampled_from(["first", "each"]), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS)
def test_what_is_told_is_what_the_ledger_says_and_an_answer_is_taken_whole_or_not_at_all(
    there: Site, answers: list[tuple[dict[str, str], str, bool]]
) -> None:
    caller = Caller(there)
    for choices, layer, signal in answers:
        there.clock.advance(timedelta(minutes=5))
        before = len(there.events())
        response = caller.send(caller.body(choices, layer=layer, gpc=signal))
        written = there.events()[before:]
        if response.status_code != 200:
            assert written == ()
            continue
        told = response.json()
        caller.profile = told["profile"] or caller.profile
        assert set(choices) <= {event.function for event in written}
        with there.app.begin() as work:
            subject = find_profile(work, there.app.vault, caller.profile)
            assert subject is not None
            standings = state(work, subject)
        assert {name for name, word in told["states"].items() if word == "given"} == {
            name for name, standing in standings.items() if standing.valid
        }
        if signal:
            assert told["states"]["ads"] != "given", "the signal wins over everything"
