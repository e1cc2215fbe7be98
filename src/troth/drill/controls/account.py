"""Controls over closing an account and erasing what it held."""

from __future__ import annotations

from datetime import timedelta

from troth.base.errors import ConflictError, RefusedError
from troth.base.period import parse_period
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.person import ask_all, look, request, signed_up
from troth.drill.questions import of_function, question
from troth.drill.rows import table_sizes, totals
from troth.drill.sandbox import Sandbox
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import of_subject, recall, timeline

_MOMENT = timedelta(seconds=1)
_WAITS_FOR_STAFF = {State.IN_REVIEW, State.CLARIFYING}


def closes_after_cooling_off(promise: Promise, sandbox: Sandbox) -> str:
    """Closing takes effect when the stated time is over, not a moment earlier, and can be recalled until then."""
    cooling_off = timedelta(days=parse_period(promise.given["after"]).amount)
    subject = signed_up(sandbox)
    before = totals(sandbox, subject)
    first = request(sandbox, subject, "close_account")
    expect(first.act_at == sandbox.clock.now() + cooling_off, f"it would take effect at {first.act_at}")
    _wait(sandbox, cooling_off - _MOMENT)
    expect(totals(sandbox, subject) == before, "rows were erased before the time was over")
    _recall(sandbox, first)
    _wait(sandbox, cooling_off)
    expect(totals(sandbox, subject) == before, "rows were erased although the closing was recalled")
    second = request(sandbox, subject, "close_account")
    _wait(sandbox, cooling_off)
    expect(look(sandbox, second.id).state is State.FULFILLED, "the account was not closed when the time was over")
    expect(not any(totals(sandbox, subject).values()), "rows are left after closing")
    rows = sum(before.values())
    return f"recalled a second before {cooling_off.days} days nothing happened; not recalled, all {rows} rows went"


def recall_ends(promise: Promise, sandbox: Sandbox) -> str:
    """Once the closing has taken effect it cannot be recalled, and says so."""
    cooling_off = timedelta(days=parse_period(promise.given["after"]).amount)
    opened = request(sandbox, signed_up(sandbox), "close_account")
    _wait(sandbox, cooling_off)
    try:
        _recall(sandbox, opened)
    except ConflictError as refused:
        return f"a recall after {cooling_off.days} days was refused ({refused.code})"
    raise BrokenError("a closing was recalled after it had taken effect")


def erases_everything(promise: Promise, sandbox: Sandbox) -> str:
    """Nothing of the person is left in any table, and exactly that much is gone."""
    kind = promise.given.get("request", "erasure")
    subject = signed_up(sandbox)
    theirs, before = totals(sandbox, subject), table_sizes(sandbox)
    expect(any(theirs.values()), "the sample person has no row, so nothing could be erased")
    opened = request(sandbox, subject, kind)
    if opened.act_at is not None:
        _wait(sandbox, opened.act_at - sandbox.clock.now())
    sandbox.run_due()
    expect(look(sandbox, opened.id).state is State.FULFILLED, f"the {kind} was not carried out")
    expect(not any(totals(sandbox, subject).values()), "rows are left")
    gone = sum(before.values()) - sum(table_sizes(sandbox).values())
    expect(gone == sum(theirs.values()), f"{gone} rows are gone, {sum(theirs.values())} were theirs")
    if kind == "close_account":
        _expect_over(sandbox, subject)
    tables = sum(bool(number) for number in theirs.values())
    return f"{gone} rows in {tables} tables are gone, 0 left, no other row missing"


def _expect_over(sandbox: Sandbox, subject: str) -> None:
    """Nothing of somebody whose account is closed may be handled any more; nobody even knows them."""
    every = [flow for name in sandbox.policy.functions for flow in of_function(sandbox.policy, name)]
    try:
        answers = ask_all(sandbox, subject, map(question, every))
    except RefusedError as refused:
        expect(refused.code == "subjects.shredded", f"deciding after the closing was refused by {refused.code}")
    else:
        expect(all(one.outcome != "allowed" for _, one in answers), "something may be done with a closed account")


def closed_by_oneself(promise: Promise, sandbox: Sandbox) -> str:
    """The person's own application is recorded and carried out, and nobody of the staff has a part in it."""
    offered = set(sandbox.policy.rights["close_account"].by)
    expect(set(promise.given["channels"]) == offered, f"the policy offers {sorted(offered)}")
    subject = signed_up(sandbox)
    opened = request(sandbox, subject, "close_account")
    with sandbox.begin() as work:
        (recorded,) = of_subject(work, subject)
    expect(recorded.id == opened.id, "the application was not recorded")
    if opened.act_at is not None:
        _wait(sandbox, opened.act_at - sandbox.clock.now())
    sandbox.run_due()
    with sandbox.begin() as work:
        steps = timeline(work, opened.id)
    expect(look(sandbox, opened.id).state is State.FULFILLED, "the application was not carried out")
    staff = [str(step.event) for step in steps if step.by is not None or step.state in _WAITS_FOR_STAFF]
    expect(not staff, f"somebody of the staff had to act: {', '.join(staff)}")
    return (
        f"the application went from `{steps[0].event}` to `{steps[-1].event}` in {len(steps)} steps, none by the staff"
    )


def _wait(sandbox: Sandbox, time: timedelta) -> None:
    sandbox.clock.advance(time)
    sandbox.run_due()


def _recall(sandbox: Sandbox, opened: Request) -> None:
    with sandbox.begin() as work:
        recall(work, sandbox.vault, opened.id)


CONTROLS = (
    Control(
        "closes-after-cooling-off",
        {
            "zh": "注销在冷静期满时生效,期内可以撤回。",
            "en": "Closing takes effect after the cooling-off period and can be recalled during it.",
        },
        closes_after_cooling_off,
        needs=("after",),
    ),
    Control(
        "recall-ends",
        {"zh": "注销生效后不能再撤回。", "en": "Once it has taken effect, a closing cannot be recalled."},
        recall_ends,
        needs=("after",),
    ),
    Control(
        "erases-everything",
        {
            "zh": "删除之后,本人的信息一条不剩,别人的一条不少。",
            "en": "After erasure nothing of the person is left and nothing of others is missing.",
        },
        erases_everything,
        takes=("request",),
    ),
    Control(
        "closed-by-oneself",
        {
            "zh": "本人自行申请注销即可办结,无须工作人员参与。",
            "en": "People close their account themselves; nobody of the staff takes part.",
        },
        closed_by_oneself,
        needs=("channels",),
    ),
)
