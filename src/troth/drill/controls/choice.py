"""Controls over consent and its withdrawal."""

from __future__ import annotations

from troth.consent.matter import find_matter
from troth.consent.service import refuse, withdraw
from troth.decision.engine import Question
from troth.drill.controls.model import Control
from troth.drill.model import Promise, expect
from troth.drill.person import INTERFACE, agree, ask, ask_all, signed_up
from troth.drill.questions import of_function, question
from troth.drill.sandbox import Sandbox
from troth.journal import merkle
from troth.journal.nodes import reader
from troth.journal.service import checkpoint, entries, inclusion, size
from troth.policy.flows import Flow


def consent_first(promise: Promise, sandbox: Sandbox) -> str:
    """Uses of the function are denied, naming the consent, until the person gives it."""
    subject, flows = signed_up(sandbox), _consented(promise, sandbox)
    for one, answer in ask_all(sandbox, subject, map(question, flows)):
        expect(answer.outcome == "denied", f"`{one.item}` was {answer.outcome} before any consent")
        named = any(fact.startswith("consent.") for fact in answer.missing)
        expect(named, f"the answer about `{one.item}` does not name the missing consent")
    _give(promise, sandbox, subject)
    for one, answer in ask_all(sandbox, subject, map(question, flows)):
        expect(answer.outcome == "allowed", f"`{one.item}` was {answer.outcome} after the consent")
    return f"{len(flows)} uses were denied before the consent to `{_function(promise)}` and allowed after it"


def withdrawal_stops(promise: Promise, sandbox: Sandbox) -> str:
    """After one step of withdrawal no use of the function is allowed any more."""
    subject, flows = signed_up(sandbox), _consented(promise, sandbox)
    _give(promise, sandbox, subject)
    _withdraw(promise, sandbox, subject)
    for one, answer in ask_all(sandbox, subject, map(question, flows)):
        expect(answer.outcome == "denied", f"`{one.item}` was {answer.outcome} after the withdrawal")
    _give(promise, sandbox, subject)
    again = ask(sandbox, subject, question(flows[0]))
    expect(again.outcome == "allowed", "the consent could not be given again")
    return (
        f"{len(flows)} uses of `{_function(promise)}` were denied from the withdrawal on; giving it again was one step"
    )


def past_stays_provable(promise: Promise, sandbox: Sandbox) -> str:
    """A decision taken while the consent stood is still in the journal, proved, after the withdrawal."""
    subject, flows = signed_up(sandbox), _consented(promise, sandbox)
    _give(promise, sandbox, subject)
    asked: Question = question(flows[0])
    expect(ask(sandbox, subject, asked).outcome == "allowed", "the use was not allowed while the consent stood")
    with sandbox.begin() as work:
        index = size(work) - 1
        (before,) = entries(work, index, 1)
    _withdraw(promise, sandbox, subject)
    expect(ask(sandbox, subject, asked).outcome == "denied", "the use was still allowed after the withdrawal")
    with sandbox.begin() as work:
        checkpoint(work, sandbox.signer)
        (after,) = entries(work, index, 1)
        total = size(work)
        proof = inclusion(work, index, total)
        root = merkle.root(total, reader(work))
    expect(after.leaf == before.leaf, "the entry of the earlier decision was changed")
    merkle.check_inclusion(merkle.leaf_hash(after.leaf), index, total, proof, root)
    return f"the earlier decision is entry {index} of {total}, with a proof of {len(proof)} hashes"


def refusal_harmless(promise: Promise, sandbox: Sandbox) -> str:
    """Whoever refuses `refused` may have all that the functions of `goes_on` offer; what was refused stays shut."""
    policy, subject = sandbox.policy, signed_up(sandbox)
    going_on = [flow for name in promise.given["goes_on"] for flow in of_function(policy, name)]
    expect(bool(going_on), "no other function handles anything")
    for name in sorted({str(flow.function) for flow in going_on if flow.basis == "consent"}):
        agree(sandbox, subject, find_matter(policy, name))
    _expect_all(sandbox, subject, going_on, "allowed", "before anything was refused")
    refused = [flow for flow in of_function(policy, promise.given["refused"]) if flow.basis == "consent"]
    expect(bool(refused), f"nothing of `{promise.given['refused']}` rests on consent")
    with sandbox.begin() as work:
        refuse(
            work,
            sandbox.vault,
            sandbox.version,
            subject,
            promise.given["refused"],
            language=policy.languages[0],
            interface=INTERFACE,
        )
    _expect_all(sandbox, subject, refused, "denied", "after it was refused")
    _expect_all(sandbox, subject, going_on, "allowed", f"after `{promise.given['refused']}` was refused")
    told = f"after refusing `{promise.given['refused']}` its {len(refused)} uses were denied"
    return f"{told}, and all {len(going_on)} of `{', '.join(promise.given['goes_on'])}` went on"


def _expect_all(sandbox: Sandbox, subject: str, asked: list[Flow], outcome: str, when: str) -> None:
    for one, answer in ask_all(sandbox, subject, map(question, asked)):
        expect(answer.outcome == outcome, f"`{one.item}` was {answer.outcome} {when}")


def _function(promise: Promise) -> str:
    name: str = promise.given["function"]
    return name


def _consented(promise: Promise, sandbox: Sandbox) -> list[Flow]:
    flows = [flow for flow in of_function(sandbox.policy, _function(promise)) if flow.basis == "consent"]
    expect(bool(flows), f"nothing of `{_function(promise)}` rests on consent")
    return flows


def _give(promise: Promise, sandbox: Sandbox, subject: str) -> None:
    agree(sandbox, subject, find_matter(sandbox.policy, _function(promise)))


def _withdraw(promise: Promise, sandbox: Sandbox, subject: str) -> None:
    with sandbox.begin() as work:
        withdraw(
            work,
            sandbox.vault,
            sandbox.version,
            subject,
            _function(promise),
            language=sandbox.policy.languages[0],
            interface=INTERFACE,
        )


CONTROLS = (
    Control(
        "consent-first",
        {"zh": "未经同意不使用;同意之后才使用。", "en": "No use before consent; use after it."},
        consent_first,
        needs=("function",),
    ),
    Control(
        "withdrawal-stops",
        {"zh": "撤回一步完成,自撤回起不再使用。", "en": "Withdrawal is one step and stops the use from then on."},
        withdrawal_stops,
        needs=("function",),
    ),
    Control(
        "past-stays-provable",
        {"zh": "撤回不改变过去,过去的处理仍可证明。", "en": "A withdrawal leaves the past as it was, and provable."},
        past_stays_provable,
        needs=("function",),
    ),
    Control(
        "refusal-harmless",
        {"zh": "拒绝非必要的同意,其他功能照常。", "en": "Refusing what is not needed leaves the rest as it is."},
        refusal_harmless,
        needs=("refused", "goes_on"),
    ),
)
