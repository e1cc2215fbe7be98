"""Where a request of an agent stands, in the protocol's words (Data Rights Protocol 1.0 § 3.02 and § 3.03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding.review import grounds
from troth.requests.drp.model import DENIED, Reason, Status
from troth.requests.drp.rows import Theirs
from troth.requests.drp.words import DETAILS
from troth.requests.fulfilment import package, progress
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import FINAL, Event, State
from troth.requests.model import Request, Step
from troth.requests.pulse import PATIENCE

_GROUND: Final = "ground."
_TOLD_ON_THE_WAY: Final[Mapping[State, str]] = {
    State.CLARIFYING: "clarifying",
    State.PRICED: "priced",
    State.COOLING_OFF: "cooling_off",
}


@dataclass(frozen=True)
class _Case:
    """A request of an agent, ours that it led to, and what happened to that so far."""

    theirs: Theirs
    request: Request
    steps: Sequence[Step]

    @property
    def proved(self) -> bool:
        """Whether it was shown who the person is, or never had to be."""
        return State.IDENTIFYING not in {step.state for step in self.steps} or any(
            step.event is Event.PROVE for step in self.steps
        )


def status(work: Work, theirs: Theirs) -> Status:
    """Where it stands now. Of whoever has not shown who they are, it tells the same whether they are known or not."""
    base = Status(theirs.id, "in_progress", theirs.received_at, theirs.agent_reference)
    if theirs.revoked_at is not None:
        return replace(base, state="revoked")
    if theirs.denied is not None:
        return _denied(base, theirs, theirs.denied)
    assert theirs.request is not None, "what was not denied led to a request of ours"
    return _of(work, base, _Case(theirs, record.load(work, theirs.request), record.steps(work, theirs.request)))


def _of(work: Work, base: Status, case: _Case) -> Status:
    state = case.request.state
    if state is State.IDENTIFYING:
        return _unproved(work, base, case.theirs)
    if state is State.RECALLED:
        return replace(base, state="revoked")
    if state is State.FULFILLED:
        return _fulfilled(work, base, case)
    return _ended(work, base, case) if state in FINAL else _going_on(base, case, state)


def _ended(work: Work, base: Status, case: _Case) -> Status:
    if not case.proved:
        return _denied(base, case.theirs, _unfit(case.request.blocked))
    if case.request.state is State.LAPSED:
        return replace(_denied(base, case.theirs, "other"), details=_said(case.theirs, "unanswered"))
    return _refused(work, base, case)


def _unfit(code: str | None) -> Reason:
    """Why a request ended that was never the person's: nobody showed that it is, or it was shown and cannot be."""
    unshown = code is None or code.startswith("requests.not-proved") or code == "requests.not-appointed"
    return "insuf_verification" if unshown else DENIED.get(code or "", "other")


def _going_on(base: Status, case: _Case, state: State) -> Status:
    waiting = [one for one in case.request.deadlines if one.stage == "answer" and one.met_at is None]
    longer = "extended" if any(one.extended for one in waiting) else None
    key = _TOLD_ON_THE_WAY.get(state, longer)
    details = _said(case.theirs, key) if key else None
    expected = min((one.due_at for one in waiting), default=case.theirs.expected_by)
    return replace(base, expected_by=expected, details=details)


def _unproved(work: Work, base: Status, theirs: Theirs) -> Status:
    """It waits for the person to show who they are, and then for so long and no longer."""
    if work.at >= theirs.received_at + PATIENCE:
        return _denied(base, theirs, "insuf_verification")
    return replace(
        base,
        reason="need_user_verification",
        expected_by=theirs.expected_by,
        details=_said(theirs, "need_user_verification"),
        expires_at=theirs.received_at + PATIENCE,
    )


def _fulfilled(work: Work, base: Status, case: _Case) -> Status:
    if _nobody(work, case.request):
        return _denied(base, case.theirs, "no_match")
    if WAYS[case.request.kind] is not Way.PACKAGE:
        return replace(base, state="fulfilled")
    until = package.available_until(work, case.request.id)
    if until is None:
        return replace(base, state="expired")
    return replace(base, state="fulfilled", results=case.request.id, expires_at=until)


def _nobody(work: Work, request: Request) -> bool:
    """Whether the stores were looked through and hold nothing of the person."""
    if WAYS[request.kind] is Way.PACKAGE:
        return package.found_in(work, request.id) == 0
    if WAYS[request.kind] is not Way.ERASE:
        return False
    counted = progress.progress(work, request.id).values()
    return not any(one.held for store in counted for one in store.expected.values())


def _refused(work: Work, base: Status, case: _Case) -> Status:
    code = case.request.blocked or ""
    if not code.startswith(_GROUND):
        return _denied(base, case.theirs, "other")
    policy = record.promised(work, case.request).policy
    ground = grounds(policy, case.request.kind)[code.removeprefix(_GROUND)]
    words = _said(case.theirs, "ground").format(ground=said(ground.label, case.theirs.language))
    return replace(base, state="denied", reason="claim_not_covered", details=words)


def _denied(base: Status, theirs: Theirs, reason: Reason) -> Status:
    return replace(base, state="denied", reason=reason, details=_said(theirs, reason))


def _said(theirs: Theirs, key: str) -> str:
    return said(DETAILS[key], theirs.language)
