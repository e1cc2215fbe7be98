"""Controls over rules that hold for one audience: what its matrices allow, and its deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from troth.base.errors import RefusedError
from troth.base.period import parse_period
from troth.decision.engine import Question
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import ask_all, request, signed_up
from troth.drill.sandbox import Sandbox
from troth.policy.model import Action
from troth.requests.deciding import review
from troth.requests.model import Deadline, Request, Stage
from troth.requests.texts import texts
from troth.subjects.audience import belong

_HANDLING: tuple[Action, ...] = ("collect", "use")
_STAGES: Mapping[str, Stage] = {"acknowledge": "acknowledge", "within": "answer"}
_CLERK = "clerk@company.example"
_REASON = "more time is needed for the rehearsal"


def matrix_kept(promise: Promise, sandbox: Sandbox) -> str:
    """Every item of `categories` may serve `purposes`; no other may, least of all of `without`."""
    served, purposes = _items(sandbox, promise.given["categories"]), promise.given["purposes"]
    others = [item for item in sandbox.policy.items if item not in served]
    barred = _items(sandbox, promise.given.get("without", ()))
    expect(bool(served), "the categories have no item")
    expect(
        set(barred) <= set(others), f"`{', '.join(sorted(set(barred) - set(others)))}` is allowed and barred at once"
    )
    subject = signed_up(sandbox)
    for wanted, items in (("allowed", served), ("gap", others)):
        asked = [Question(purpose, item, action) for purpose in purposes for item in items for action in _HANDLING]
        for one, answer in ask_all(sandbox, subject, asked):
            expect(answer.outcome == wanted, f"to {one.action} `{one.item}` for `{one.purpose}` was {answer.outcome}")
    _expect_for_audience_alone(sandbox, subject, [Question(purpose, served[0]) for purpose in purposes])
    told = f"{len(served)} items of `{', '.join(promise.given['categories'])}` may serve `{', '.join(purposes)}`"
    return f"{told}, and none of {len(others)} others"


def answered_for_audience(promise: Promise, sandbox: Sandbox) -> str:
    """A request of the audience carries the deadlines that its rules state: `acknowledge`, `within`, `extension`."""
    opened = request(sandbox, signed_up(sandbox), promise.given["request"])
    told = [
        f"{key} {_stated(_own(opened, stage), promise.given[key])}"
        for key, stage in _STAGES.items()
        if key in promise.given
    ]
    if "extension" in promise.given:
        told.append(f"extension {_extended(promise, sandbox, opened)}")
    expect(bool(told), "no deadline is named")
    return f"a request of `{opened.kind}` by the audience `{opened.audience}` carries {'; '.join(told)}"


def _expect_for_audience_alone(sandbox: Sandbox, subject: str, asked: list[Question]) -> None:
    expect(sandbox.audience is not None, "the matrix holds for everybody, not for an audience")
    with sandbox.begin() as work:
        belong(work, sandbox.vault, subject, sandbox.version.policy, None)
    for one, answer in ask_all(sandbox, subject, asked):
        expect(answer.outcome != "allowed", f"`{one.item}` for `{one.purpose}` is allowed outside the audience")


def _items(sandbox: Sandbox, categories: list[str]) -> list[str]:
    return [name for name, item in sandbox.policy.items.items() if item.category in categories]


def _own(opened: Request, stage: Stage) -> Deadline:
    own = [one for one in opened.deadlines if one.source == "policy" and one.stage == stage]
    expect(len(own) == 1, f"the request carries {len(own)} deadlines of the policy to {stage}")
    return own[0]


def _stated(limit: Deadline, period: str) -> str:
    expect(parse_period(limit.period) == parse_period(period), f"the policy's deadline is {limit.period}")
    return f"{limit.period} (until {limit.due_at:%Y-%m-%d})"


def _extended(promise: Promise, sandbox: Sandbox, opened: Request) -> str:
    before, longer = _own(opened, "answer").due_at, parse_period(promise.given["extension"])
    with sandbox.begin() as work:
        extended = review.extend(work, sandbox.vault, opened.id, _REASON, by=_CLERK)
        told = [one.text.reveal() for one in texts(work, sandbox.vault, extended)]
    expect(told == [_REASON], "the person cannot read why it takes longer")
    after = _own(extended, "answer").due_at
    expect(after - before == timedelta(days=longer.amount), f"the time was extended by {(after - before).days} days")
    _only_once(sandbox, opened)
    return f"{longer}, once, with its reason (until {after:%Y-%m-%d})"


def _only_once(sandbox: Sandbox, opened: Request) -> None:
    with sandbox.begin() as work:
        try:
            review.extend(work, sandbox.vault, opened.id, _REASON, by=_CLERK)
        except RefusedError:
            return
    raise BrokenError("the time was extended twice")


CONTROLS = (
    Control(
        "matrix-kept",
        {
            "zh": "每类信息只用于矩阵许可的目的。",
            "en": "Each category serves only the purposes that its matrix allows.",
        },
        matrix_kept,
        needs=("purposes", "categories"),
    ),
    Control(
        "answered-for-audience",
        {
            "zh": "请求在其所属人群的期限内得到确认和答复。",
            "en": "A request is confirmed and answered within the deadlines of the person's audience.",
        },
        answered_for_audience,
        needs=("request",),
    ),
)
