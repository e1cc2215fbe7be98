"""What a visitor who has answered is asked again: what is new, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from tests.web.banner.caller import Caller
from tests.web.banner.shop import NEW_PURPOSE, POLICY, SIGNAL
from tests.web.banner.site import Site

BOTH = {"ads": "given", "analytics": "refused"}
WIDER = POLICY.replace("needs: [usage.clicks]\n    shares", "needs: [usage.clicks, usage.pages]\n    shares")


def test_a_new_purpose_is_asked_about_and_nothing_else_is(there: Site) -> None:
    caller = Caller(there)
    caller.choose(BOTH)
    there.publish(SIGNAL, NEW_PURPOSE)
    told = caller.standing()
    assert told["ask"] == ["research"]
    assert told["states"] == BOTH


def test_other_words_alone_ask_nothing_again(there: Site) -> None:
    caller = Caller(there)
    caller.choose(BOTH)
    before = caller.load()["hash"]
    there.publish(SIGNAL, base=POLICY.replace("visit statistics", "counting visits"))
    assert caller.load()["hash"] != before, "the texts did change"
    assert caller.standing()["ask"] == []


def test_an_agreement_to_less_is_asked_again_when_it_becomes_more(there: Site) -> None:
    caller = Caller(there)
    caller.choose({"ads": "given", "analytics": "given"})
    there.publish(SIGNAL, base=WIDER)
    assert caller.standing()["ask"] == ["ads"]
    caller.choose({"ads": "refused"}, layer="again")
    assert caller.standing()["ask"] == []


def test_a_consent_that_ran_out_is_asked_again(there: Site) -> None:
    lasting = POLICY.replace("    grade: explicit\n    needs", "    grade: explicit\n    expires: 6 months\n    needs")
    assert lasting != POLICY
    there.publish(base=lasting)
    caller = Caller(there)
    caller.choose(BOTH)
    there.clock.advance(timedelta(days=150))
    assert caller.standing()["ask"] == []
    there.clock.advance(timedelta(days=60))
    told = caller.standing()
    assert told["ask"] == ["ads"]
    assert told["states"]["ads"] == "expired"


def test_a_no_is_not_asked_again_before_the_wait_even_when_more_is_wanted(there: Site) -> None:
    caller = Caller(there)
    caller.choose({"ads": "refused", "analytics": "given"})
    there.publish(SIGNAL, base=WIDER)
    there.clock.advance(timedelta(days=150))
    assert caller.standing()["ask"] == []
    there.clock.advance(timedelta(days=60))
    assert caller.standing()["ask"] == ["ads"]
