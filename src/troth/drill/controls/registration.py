"""Controls over signing up."""

from __future__ import annotations

from troth.base.errors import InputError, RefusedError
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import accept_all, arrive, ask_all, signed_up, verify
from troth.drill.questions import of_function, question
from troth.drill.sandbox import Sandbox
from troth.policy.flows import Flow
from troth.subjects import codes
from troth.subjects.facts import change, facts
from troth.subjects.identifier import identifier

_AIM = "sign-up"
_COUNTRY = "+86"


def code_proves_channel(_promise: Promise, sandbox: Sandbox) -> str:
    """Only the code that was sent proves the channel; a wrong one is refused and changes nothing."""
    subject = arrive(sandbox)
    phone = identifier("phone", sandbox.person.phone.reveal())
    with sandbox.begin() as work:
        sent = codes.issue(work, sandbox.vault, phone, aim=_AIM)
    wrong = f"{(int(sent) + 1) % 1_000_000:06d}"
    refused = _refusal(sandbox, wrong)
    with sandbox.begin() as work:
        expect("verified.phone" not in facts(work, subject), "a wrong code verified the phone")
        codes.redeem(work, sandbox.vault, phone, sent, aim=_AIM)
    expect(_refusal(sandbox, sent) != "", "the same code worked twice")
    return f"a wrong code was refused ({refused}), the sent one accepted once"


def phone_reachable(_promise: Promise, sandbox: Sandbox) -> str:
    """A number that is not complete is refused; what registration needs stays closed until the code comes back."""
    whole = sandbox.person.phone.reveal()
    short = [whole[:length] for length in range(len(_COUNTRY), len(whole))]
    for number in short:
        expect(not _is_phone(number), f"a number of {len(number)} characters was taken for a complete one")
    subject = arrive(sandbox)
    accept_all(sandbox, subject)
    flows = [
        flow
        for name in sandbox.policy.functions
        for flow in of_function(sandbox.policy, name)
        if flow.necessary and "verified.phone" in flow.after
    ]
    expect(bool(flows), "no function asks for a verified phone")
    _expect_all(sandbox, subject, flows, "denied")
    phone = identifier("phone", whole)
    with sandbox.begin() as work:
        codes.redeem(work, sandbox.vault, phone, codes.issue(work, sandbox.vault, phone, aim=_AIM), aim=_AIM)
        change(work, subject, add=["verified.phone"])
    _expect_all(sandbox, subject, flows, "allowed")
    return f"{len(short)} incomplete numbers were refused; {len(flows)} uses were denied until the code had come back"


def needed_first(promise: Promise, sandbox: Sandbox) -> str:
    """While one of `facts` is missing nothing that `function` needs is allowed; with all of them, everything is."""
    wanted, function = promise.given["facts"], promise.given["function"]
    subject = signed_up(sandbox)
    needed = [flow for flow in of_function(sandbox.policy, function) if flow.necessary]
    expect(bool(needed), f"the function `{function}` declares no necessary item")
    for fact in wanted:
        _expect_denied_without(sandbox, subject, needed, fact)
    _expect_all(sandbox, subject, needed, "allowed")
    return f"{len(needed)} uses were denied while one of `{', '.join(wanted)}` was missing, and allowed with all"


def optional_left_out(promise: Promise, sandbox: Sandbox) -> str:
    """A person who gives none of the optional items may do everything that the function offers."""
    function = promise.given["function"]
    subject = arrive(sandbox)
    verify(sandbox, subject)
    accept_all(sandbox, subject)
    declared = sandbox.policy.functions[function]
    expect(bool(declared.optional), f"the function `{function}` has no optional item")
    overlap = set(declared.optional) & set(declared.needs)
    expect(not overlap, f"`{', '.join(sorted(overlap))}` is called optional and necessary at once")
    needed = [flow for flow in of_function(sandbox.policy, function) if flow.necessary]
    _expect_all(sandbox, subject, needed, "allowed")
    return f"without {len(declared.optional)} optional items all {len(needed)} uses of `{function}` were allowed"


def minor_barred(promise: Promise, sandbox: Sandbox) -> str:
    """Nothing of a person below the age may be collected or used, and no consent of theirs is taken."""
    subject = signed_up(sandbox)
    with sandbox.begin() as work:
        change(work, subject, add=["age.barred"])
    policy = sandbox.policy
    asked = [flow for name in policy.functions for flow in of_function(policy, name)]
    for one, answer in ask_all(sandbox, subject, map(question, asked)):
        expect(answer.outcome != "allowed", f"`{one.item}` for `{one.purpose}` was allowed for a barred minor")
    limit = promise.given["below"]
    expect(policy.minors is not None and policy.minors.below == limit, f"the policy's age limit is not {limit}")
    return f"{len(asked)} uses were refused for a person below {limit}"


def _expect_denied_without(sandbox: Sandbox, subject: str, flows: list[Flow], fact: str) -> None:
    with sandbox.begin() as work:
        change(work, subject, remove=[fact])
    for one, answer in ask_all(sandbox, subject, map(question, flows)):
        expect(answer.outcome == "denied", f"`{one.item}` was {answer.outcome} without `{fact}`")
        expect(fact in answer.missing, f"the answer about `{one.item}` does not name `{fact}`")
    with sandbox.begin() as work:
        change(work, subject, add=[fact])


def _expect_all(sandbox: Sandbox, subject: str, flows: list[Flow], outcome: str) -> None:
    for one, answer in ask_all(sandbox, subject, map(question, flows)):
        expect(answer.outcome == outcome, f"`{one.item}` was {answer.outcome} instead of {outcome}")


def _is_phone(number: str) -> bool:
    try:
        identifier("phone", number)
    except InputError:
        return False
    return True


def _refusal(sandbox: Sandbox, code: str) -> str:
    phone = identifier("phone", sandbox.person.phone.reveal())
    with sandbox.begin() as work:
        try:
            codes.redeem(work, sandbox.vault, phone, code, aim=_AIM)
        except RefusedError as refused:  # inside the unit of work: the attempt counts
            return refused.code
    raise BrokenError("a code was accepted that should not be")


CONTROLS = (
    Control(
        "code-proves-channel",
        {
            "zh": "只有收到的验证码才能证明手机或邮箱归本人使用。",
            "en": "Only the code that was sent proves a phone or mailbox.",
        },
        code_proves_channel,
    ),
    Control(
        "phone-reachable",
        {
            "zh": "手机号码须完整且能收到验证码,否则无法注册。",
            "en": "Only a complete number that the code reaches can sign up.",
        },
        phone_reachable,
    ),
    Control(
        "needed-first",
        {
            "zh": "前提不具备之前,该功能的任何信息都不收集、不使用。",
            "en": "Nothing is collected or used before what must come first has happened.",
        },
        needed_first,
        needs=("function", "facts"),
    ),
    Control(
        "optional-left-out",
        {"zh": "不提供可选信息,其他一切照常。", "en": "Leaving optional items out changes nothing else."},
        optional_left_out,
        needs=("function",),
    ),
    Control(
        "minor-barred",
        {
            "zh": "低于年龄要求的人,信息一概不收集、不使用。",
            "en": "Nothing of a person below the age limit is collected or used.",
        },
        minor_barred,
        needs=("below",),
    ),
)
