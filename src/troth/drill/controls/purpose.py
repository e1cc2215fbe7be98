"""Controls over what data is for: the declared purpose once its conditions hold, and none that it is kept from."""

from __future__ import annotations

from collections.abc import Iterable

from troth.consent.matter import find_matter, matter_of, matters
from troth.decision.engine import Question
from troth.drill.controls.model import Control
from troth.drill.model import Promise, expect
from troth.drill.person import accept_all, agree, arrive, ask_all, request, signed_up, verify
from troth.drill.questions import question, undeclared_uses
from troth.drill.sandbox import Sandbox
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.requests.details import Details
from troth.requests.machine import State
from troth.subjects.facts import change

_MOST_ASKED = 200  # of what no clause declares every n-th is asked, spread over all of it
_OPEN = "account.open"


def purpose_served(promise: Promise, sandbox: Sandbox) -> str:
    """What is declared for `purposes` is denied while a condition is missing and allowed once all hold.

    No other item serves them. `items` must be exactly what is declared; `functions` narrows the promise to theirs.
    What `of` names of it (all, if it names nothing) may serve no purpose of `kept_from`, whatever was agreed to.
    """
    policy = sandbox.policy
    declared = _declared(promise, policy)
    subject = arrive(sandbox)
    ways = {question(flow) for flow in declared}
    bound = ways - {question(flow) for flow in flows(policy) if _unconditional(flow)}
    _expect_all(sandbox, subject, bound, "denied", "before its conditions held")
    _fulfil(sandbox, subject, declared)
    _expect_all(sandbox, subject, ways, "allowed", "although all its conditions held")
    _expect_all(sandbox, subject, _undeclared(promise, policy), "gap", "which no clause declares")
    told = f"all {len(ways)} ways to serve `{', '.join(promise.given['purposes'])}` were allowed"
    late = f"{len(bound)} of them only once their conditions held; nothing undeclared served it"
    return f"{told}, {late}{_kept(promise, sandbox, subject)}"


def _declared(promise: Promise, policy: Policy) -> list[Flow]:
    purposes, functions = promise.given["purposes"], promise.given.get("functions")
    found = [
        flow
        for flow in flows(policy)
        if flow.action in {"collect", "use"}
        and flow.purpose in purposes
        and (functions is None or flow.function in functions)
    ]
    for purpose in purposes:
        expect(any(flow.purpose == purpose for flow in found), f"no clause lets anything serve `{purpose}`")
    listed, items = promise.given.get("items"), {flow.item for flow in found}
    expect(listed is None or set(listed) == items, f"declared are {sorted(items)} instead of {sorted(listed or ())}")
    return found


def _unconditional(flow: Flow) -> bool:
    return flow.basis != "consent" and set(flow.after) <= {_OPEN}


def _fulfil(sandbox: Sandbox, subject: str, declared: Iterable[Flow]) -> None:
    verify(sandbox, subject)
    accept_all(sandbox, subject)
    with sandbox.begin() as work:
        change(work, subject, add=sorted({fact for flow in declared for fact in flow.after}))
    for name in sorted({matter_of(flow) for flow in declared if flow.basis == "consent"}):
        agree(sandbox, subject, find_matter(sandbox.policy, name))


def _undeclared(promise: Promise, policy: Policy) -> list[Question]:
    collected = {(flow.purpose, flow.item) for flow in flows(policy) if flow.action == "collect"}
    every = [
        one
        for one in undeclared_uses(policy)
        if one.purpose in promise.given["purposes"] and (one.purpose, one.item) not in collected
    ]
    return every[:: max(1, len(every) // _MOST_ASKED)]


def _kept(promise: Promise, sandbox: Sandbox, subject: str) -> str:
    barred, policy = promise.given.get("kept_from", ()), sandbox.policy
    if not barred:
        return ""
    for matter in matters(policy).values():
        agree(sandbox, subject, matter)
    items = _of(promise, policy)
    expect(bool(items), "no item is kept from anything")
    asked = [Question(purpose, item) for purpose in barred for item in items]
    for one, answer in ask_all(sandbox, subject, asked):
        expect(answer.outcome != "allowed", f"`{one.item}` was allowed for `{one.purpose}`")
    return f"; {len(items)} items were never allowed for `{', '.join(barred)}`, whatever was agreed to"


def _of(promise: Promise, policy: Policy) -> list[str]:
    items, named = {flow.item for flow in _declared(promise, policy)}, promise.given.get("of")
    return sorted(item for item in items if named is None or {item, policy.items[item].category} & set(named))


def _expect_all(sandbox: Sandbox, subject: str, asked: Iterable[Question], outcome: str, when: str) -> None:
    in_order = sorted(asked, key=lambda one: (one.purpose, one.item, one.action, one.recipient or ""))
    for one, answer in ask_all(sandbox, subject, in_order):
        expect(answer.outcome == outcome, f"`{one.item}` for `{one.purpose}` was {answer.outcome} {when}")


def marketing_stops(promise: Promise, sandbox: Sandbox) -> str:
    """Once the person objects, nothing of theirs serves what `stops` names; what `goes_on` names is served still."""
    policy, stops = sandbox.policy, promise.given["stops"]
    subject = signed_up(sandbox)
    for matter in matters(policy).values():
        agree(sandbox, subject, matter)
    ended = {question(flow) for flow in flows(policy) if flow.purpose in stops}
    others = {question(flow) for flow in flows(policy) if flow.purpose in promise.given.get("goes_on", ())}
    for purpose in stops:
        expect(any(one.purpose == purpose for one in ended), f"no clause lets anything serve `{purpose}`")
    _expect_all(sandbox, subject, ended | others, "allowed", "before anybody objected")
    made = request(sandbox, subject, "objection", details=Details(purposes=tuple(stops)))
    expect(made.state is State.FULFILLED, f"the objection is {made.state} instead of carried out")
    _expect_all(sandbox, subject, ended, "denied", "after the objection")
    _expect_all(sandbox, subject, others, "allowed", "though nobody objected to it")
    kept = f"; {len(others)} for `{', '.join(promise.given['goes_on'])}` went on" if others else ""
    return f"{len(ended)} ways to serve `{', '.join(stops)}` were allowed, and denied from the objection on{kept}"


CONTROLS = (
    Control(
        "marketing-stops",
        {"zh": "退订之后不再用于营销。", "en": "Marketing stops when somebody objects."},
        marketing_stops,
        needs=("stops",),
        takes=("goes_on",),
    ),
    Control(
        "purpose-served",
        {
            "zh": "信息按条件用于声明的目的,不用于排除的目的。",
            "en": "Data serves its declared purpose under its conditions, and none that it is kept from.",
        },
        purpose_served,
        needs=("purposes",),
        takes=("functions", "kept_from", "of"),
    ),
)
