"""Controls over requests that somebody of the staff decides, answers or holds back."""

from __future__ import annotations

from datetime import datetime, timedelta

from troth.base.errors import InputError, RefusedError
from troth.base.period import parse_period
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import look, request, signed_up
from troth.drill.rows import totals
from troth.drill.sandbox import Sandbox
from troth.requests import holds
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import overdue, timeline
from troth.requests.texts import Role, texts

CLERK = "clerk@company.example"
_ABOUT = Details(text="a rehearsal asks this")
WORDS = "words of a rehearsal"
_MOMENT = timedelta(seconds=1)


def refused_with_ground(promise: Promise, sandbox: Sandbox) -> str:
    """Each of `grounds` is one of the policy and ends a request with a reason that the person reads; no other does."""
    policy, subject = sandbox.policy, signed_up(sandbox)
    _refused_on_nothing(sandbox, request(sandbox, subject, "complaint", details=_ABOUT))
    for name in promise.given["grounds"]:
        ground = policy.requests.refuse.get(name)
        expect(ground is not None, f"the policy has no ground `{name}`")
        assert ground is not None  # for the type checker: `expect` raised
        listed = promise.given.get("discretionary", ground.discretionary)
        expect(ground.discretionary is listed, f"`{name}` is{' not' * listed} left to whoever decides")
        _refused_on(sandbox, request(sandbox, subject, "complaint", details=_ABOUT), name, proof=ground.needs_evidence)
    named = ", ".join(promise.given["grounds"])
    return f"`{named}`: each ended a request, with a reason for the person; an unlisted ground and no reason did not"


def complaint_answered(promise: Promise, sandbox: Sandbox) -> str:
    """A complaint is answered in words that the person reads, within `within`; one left lying shows up as late."""
    subject = signed_up(sandbox)
    opened = request(sandbox, subject, "complaint", details=_ABOUT)
    due = _due(promise, opened)
    sandbox.clock.set(due)
    _answered(sandbox, opened)
    lying = request(sandbox, subject, "complaint", details=_ABOUT)
    sandbox.clock.set(_due(promise, lying) + _MOMENT)
    sandbox.run_due()
    with sandbox.begin() as work:
        late = {one.request.id for one in overdue(work)}
    expect(late == {lying.id}, "a complaint that nobody answered in time does not show up as late")
    waited = (due - opened.opened_at).days
    return f"answered on its last day, {waited} days after it came; another that was left lying showed up as late"


def automated_explained(_promise: Promise, sandbox: Sandbox) -> str:
    """An explanation is asked for, waits for a human and is given in words that the person reads."""
    opened = request(sandbox, signed_up(sandbox), "explanation", details=_ABOUT)
    sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.IN_REVIEW, "the request did not wait for a human")
    _answered(sandbox, opened)
    return "the request waited for a human, whose words the person can read"


def hold_respected(_promise: Promise, sandbox: Sandbox) -> str:
    """While a hold is on the person nothing is erased; when it is lifted, what was asked for goes on by itself."""
    subject = signed_up(sandbox)
    before = totals(sandbox, subject)
    expect(any(before.values()), "the sample person has no row, so nothing could be held")
    with sandbox.begin() as work:
        hold = holds.place(work, sandbox.vault, subject, "a dispute", by=CLERK)
    opened = request(sandbox, subject, "erasure")
    sandbox.run_due()
    expect(
        look(sandbox, opened.id).state is State.HELD, f"the erasure is {look(sandbox, opened.id).state} under a hold"
    )
    expect(totals(sandbox, subject) == before, "rows were erased under a hold")
    with sandbox.begin() as work:
        holds.release(work, sandbox.vault, hold.id, by=CLERK, jobs=sandbox.errands)
    sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.FULFILLED, "the erasure did not go on when the hold was lifted")
    expect(not any(totals(sandbox, subject).values()), "rows are left after the hold was lifted")
    return f"{sum(before.values())} rows stayed under the hold and went when it was lifted"


def _refused_on_nothing(sandbox: Sandbox, opened: Request) -> None:
    for ground, reason, code in (
        ("no-such-ground", WORDS, "requests.unknown-ground"),
        (None, "", "requests.empty-text"),
    ):
        named = ground or next(iter(sandbox.policy.requests.refuse), "")
        try:
            _refuse(sandbox, opened, named, reason=reason, evidence=WORDS)
        except InputError as told:
            expect(told.code == code, f"refusing was told to be {told.code}")
        else:
            raise BrokenError("a request was refused without a ground of the policy, or without a reason")
    _answered(sandbox, opened)


def _refused_on(sandbox: Sandbox, opened: Request, ground: str, *, proof: bool) -> None:
    if proof:
        try:
            _refuse(sandbox, opened, ground, reason=WORDS, evidence="")
        except RefusedError as told:
            expect(told.code == "requests.evidence-missing", f"refusing without evidence was told to be {told.code}")
        else:
            raise BrokenError(f"`{ground}` needs evidence, and ended a request without")
    _refuse(sandbox, opened, ground, reason=WORDS, evidence=WORDS if proof else "")
    ended = look(sandbox, opened.id)
    expect(ended.state is State.REFUSED, f"`{ground}` did not end the request")
    with sandbox.begin() as work:
        codes = [step.code for step in timeline(work, opened.id)]
    expect(f"ground.{ground}" in codes, f"the timeline does not name `{ground}`")
    _expect_read(sandbox, ended, "reason")


def _refuse(sandbox: Sandbox, opened: Request, ground: str, *, reason: str, evidence: str) -> None:
    with sandbox.begin() as work:
        review.refuse(work, sandbox.vault, opened.id, ground, reason=reason, evidence=evidence, by=CLERK)


def _answered(sandbox: Sandbox, opened: Request) -> None:
    with sandbox.begin() as work:
        review.answer(work, sandbox.vault, opened.id, WORDS, by=CLERK)
    ended = look(sandbox, opened.id)
    expect(ended.state is State.FULFILLED, "an answer did not end the request")
    expect(not any(one.missed_at for one in ended.deadlines), "the answer came too late")
    _expect_read(sandbox, ended, "answer")


def _expect_read(sandbox: Sandbox, ended: Request, role: Role) -> None:
    with sandbox.begin() as work:
        told = [one.text.reveal() for one in texts(work, sandbox.vault, ended) if one.role == role]
    expect(told == [WORDS], f"the person cannot read the {role}")


def _due(promise: Promise, opened: Request) -> datetime:
    """When the complaint must be answered: by the policy if it says so, otherwise by the strictest law."""
    own = [one for one in opened.deadlines if one.source == "policy" and one.stage == "answer"]
    within = promise.given.get("within")
    if within is not None:
        expect(len(own) == 1, f"a complaint carries {len(own)} deadlines of the policy")
        expect(parse_period(own[0].period) == parse_period(within), f"the policy's deadline is {own[0].period}")
    expect(bool(opened.deadlines), "a complaint carries no deadline")
    return min(one.due_at for one in opened.deadlines)


CONTROLS = (
    Control(
        "refused-with-ground",
        {
            "zh": "拒绝只依列明的理由,并告知救济途径。",
            "en": "A refusal names a listed ground, and the person reads why.",
        },
        refused_with_ground,
        needs=("grounds",),
    ),
    Control(
        "complaint-answered",
        {"zh": "投诉在期限内得到答复。", "en": "A complaint is answered in time."},
        complaint_answered,
        takes=("within",),
    ),
    Control(
        "automated-explained",
        {"zh": "对自动化决策可要求由人作出解释。", "en": "A human explains an automated decision when asked."},
        automated_explained,
    ),
    Control(
        "hold-respected",
        {"zh": "依法须保留的暂不删除,解除后继续。", "en": "What law holds is kept, and erased on release."},
        hold_respected,
    ),
)
