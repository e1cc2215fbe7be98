"""Acts three and four: a person signs up, and the app asks before it acts."""

from __future__ import annotations

import re
from datetime import timedelta

from troth.app.drills.practice import read_sample
from troth.base.sensitive import Sensitive
from troth.consent.service import accept, give
from troth.decision.engine import Decision, Question
from troth.decision.service import decide
from troth.demo import naive
from troth.demo.world import EMAIL, PHONE, World
from troth.drill.model import expect
from troth.drill.sample.build import join
from troth.subjects import codes
from troth.subjects.facts import change, facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register

_AIM = "sign-up"
_CODE = re.compile(r"\d{6}")
LANGUAGE = "en"
INTERFACE = "app"

_ALLOWED = Question("account", "account.phone")
_DENIED = Question("sharing", "device.mac", "share", "wechat")
_GAP = Question("improve", "account.password")
PUSH = Question("push", "location.precise", "share", "getui")


def sign_up(world: World) -> None:
    """Register by phone code, accept policy and terms, agree to push; the company's app writes its own rows."""
    world.at(timedelta(minutes=10))
    with world.app.begin() as work:
        subject = register(work, world.app.vault, [identifier("phone", PHONE), identifier("email", EMAIL)])
        known = facts(work, subject)
    world.keep("subject", subject)
    if "verified.phone" not in known:
        _prove_phone(world, subject)
    if not naive.ids(world.company, EMAIL)["customers"]:
        join(world.company, read_sample(world.policy_folder).spec, identifiers={"phone": PHONE, "email": EMAIL}, seed=7)
    _choose(world, subject, known)
    world.say("      policy and terms accepted, nickname and avatar left out, push agreed to")


def decisions(world: World) -> None:
    """One answer of each kind, with its reason."""
    world.at(timedelta(minutes=20))
    for question, outcome in ((_ALLOWED, "allowed"), (_DENIED, "denied"), (_GAP, "gap"), (PUSH, "allowed")):
        answer = ask(world, question)
        expect(answer.outcome == outcome, f"{question} was {answer.outcome}: {answer.words(LANGUAGE)}")
        named = answer.missing and answer.clause if outcome == "denied" else True
        expect(bool(named), "the denial does not name the missing fact and the clause")
        world.say(f"      $ troth may … {question.purpose} {question.item}{_rest(question)}")
        world.say(f"      {answer.outcome}: {answer.words(LANGUAGE)}")


def ask(world: World, question: Question) -> Decision:
    """One recorded decision about the story's person."""
    version = world.version()
    with world.app.begin() as work:
        return decide(work, world.app.vault, version, world.subject, question)


def _prove_phone(world: World, subject: str) -> None:
    phone = identifier("phone", PHONE)
    with world.app.begin() as work:
        code = codes.issue(work, world.app.vault, phone, aim=_AIM)
    world.app.sms.send(Sensitive(PHONE), f"Kaiconn code {code}, good for ten minutes")
    found = _CODE.search(world.last_text())
    expect(found is not None, "the text message holds no code")
    assert found is not None
    with world.app.begin() as work:
        codes.redeem(work, world.app.vault, phone, found[0], aim=_AIM)
        change(work, subject, add=["account.open", "verified.phone"])
    world.say("      a code went to their phone by text message, and came back right")


def _choose(world: World, subject: str, known: frozenset[str]) -> None:
    version, vault = world.version(), world.app.vault
    push = version.policy.functions["push"]
    with world.app.begin() as work:
        if "accepted.policy" not in known:
            accept(work, vault, version, subject, language=LANGUAGE, interface=INTERFACE)
        if f"consent.push.{push.grade}" not in known:
            give(work, vault, version, subject, "push", grade=push.grade, language=LANGUAGE, interface=INTERFACE)


def _rest(question: Question) -> str:
    return f" --action {question.action} --to {question.recipient}" if question.recipient else ""
