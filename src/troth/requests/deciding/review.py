"""What somebody of the staff does with a request: ask, answer, refuse, extend, acknowledge.

Who did it stands in the timeline; the journal has that it was done, and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from troth.base.calendar import Due
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Work
from troth.policy.model import Ground, Policy
from troth.requests import limits, record, texts
from troth.requests.deadline import extended
from troth.requests.deciding import partial, reviewing
from troth.requests.deciding.partial import Refusal
from troth.requests.fulfilment import documents
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import FINAL, Event
from troth.requests.model import Deadline, Request
from troth.requests.telling import letters
from troth.subjects.vault import Vault


def grounds(policy: Policy, kind: Kind) -> Mapping[str, Ground]:
    """The grounds on which a request of that kind may be refused: those of every request, and the right's own."""
    right = policy.rights.get(kind.value)
    return {**policy.requests.refuse, **(right.refuse if right else {})}


def ask(work: Work, vault: Vault, request_id: str, question: str, *, by: str) -> Request:
    """Ask the person what exactly they mean. Where the law lets it, time stands still until they reply.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`, `requests.long-text`.
        ConflictError: `requests.not-possible`.
    """
    request = record.load(work, request_id)
    moved = record.advance(work, vault, request, Event.ASK, by=by)
    texts.say(work, vault, request, "question", question)
    return moved


def reply(work: Work, vault: Vault, request_id: str, text: str) -> Request:
    """The person says what they mean. Raises as `ask`."""
    request = record.load(work, request_id)
    moved = record.advance(work, vault, request, Event.REPLY)
    texts.say(work, vault, request, "reply", text)
    return moved


def answer(work: Work, vault: Vault, request_id: str, text: str, *, by: str) -> Request:
    """Write to the person, which is what they asked for.

    With an explanation goes what was recorded of the decisions about the person. Raises as `ask`, and ConflictError
    `requests.not-by-words` for what words do not carry out, `requests.verdict-missing` for what is contested.
    """
    request = record.load(work, request_id)
    if WAYS[request.kind] is not Way.ANSWER:
        hint = "nothing to do: it is carried out by itself"
        raise ConflictError("requests.not-by-words", "words do not carry this request out", hint=hint)
    if reviewing.owed(work, request):
        hint = "uphold or overturn it"
        raise ConflictError("requests.verdict-missing", "the person contests a decision", hint=hint)
    texts.say(work, vault, request, "answer", text)
    if request.kind is Kind.EXPLANATION:
        documents.explain(work, vault, record.promised(work, request), request)
    return record.advance(work, vault, request, Event.COMPLETE, by=by)


def refuse(
    work: Work, vault: Vault, request_id: str, ground: str, *, reason: str, evidence: str = "", by: str
) -> Request:
    """Refuse it on a ground of the policy, with the reason that the person is told.

    Raises:
        InputError: `requests.unknown`, `requests.unknown-ground`, `requests.empty-text` without a reason.
        RefusedError: `requests.evidence-missing` where the policy allows the ground only with evidence.
        ConflictError: `requests.not-possible`.
    """
    request = record.load(work, request_id)
    weigh(work, vault, request, ground, reason=reason, evidence=evidence)
    return record.advance(work, vault, request, Event.REFUSE, code=f"ground.{ground}", by=by)


def weigh(work: Work, vault: Vault, request: Request, ground: str, *, reason: str, evidence: str) -> None:
    """Keep why something is refused, if it may be on that ground. Raises as `refuse`."""
    chosen = _ground(record.promised(work, request).policy, request.kind, ground)
    if chosen.needs_evidence and not evidence.strip():
        raise RefusedError(
            "requests.evidence-missing",
            f"the ground `{ground}` holds only with evidence",
            hint="say what shows it",
        )
    texts.say(work, vault, request, "reason", reason)
    if evidence.strip():
        texts.say(work, vault, request, "evidence", evidence)


def refuse_part(work: Work, vault: Vault, request_id: str, refusal: Refusal, *, by: str) -> Request:
    """Refuse a part on a ground of the policy, before anything is done; the rest is carried out as asked.

    Raises as `refuse`, InputError `requests.unknown-part`, and ConflictError `requests.not-possible` once work began.
    """
    request, ground = record.load(work, request_id), refusal.ground
    version = record.promised(work, request)
    weigh(work, vault, request, ground, reason=refusal.reason, evidence=refusal.evidence)
    partial.add(work, version, request, refusal.part, clause_of(version.policy, request.kind, ground), by=by)
    record.note(work, request, "keep", code=f"ground.{ground}", by=by)
    return record.load(work, request_id)


def clause_of(policy: Policy, kind: Kind, ground: str) -> str:
    """The clause of the policy at which a ground stands."""
    right = policy.rights.get(kind.value)
    own = right is not None and ground in right.refuse
    return f"rights.{kind.value}.refuse.{ground}" if own else f"requests.refuse.{ground}"


def extend(work: Work, vault: Vault, request_id: str, reason: str, *, by: str) -> Request:
    """Take longer, once and while the time still runs, and tell the person why (GDPR art. 12(3); 11 CCR § 7021(b)).

    Only limits that their own source lets be extended move; the others stay, and the strictest counts.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`.
        RefusedError: `requests.no-extension` where nothing allows it or it was used, `requests.too-late` once the time
            is over.
        ConflictError: `requests.not-possible` for a closed request.
    """
    request = record.load(work, request_id)
    if request.state in FINAL:
        raise ConflictError("requests.not-possible", "the request is closed", hint="nothing is left to extend")
    longer = list(_longer(work, request))
    if not longer:
        hint = "answer in time; what was extended once cannot be extended again"
        raise RefusedError("requests.no-extension", "no law and no clause allows more time", hint=hint)
    if any(limit.due_at < work.at for limit, _ in longer):
        hint = "the person had to be told before; answer as soon as you can"
        raise RefusedError("requests.too-late", "the time is over already", hint=hint)
    texts.say(work, vault, request, "reason", reason)
    for limit, end in longer:
        limits.extend(work, request.id, limit, end)
    record.note(work, request, "extend", by=by)
    letters.write(work, request, "extend")
    return record.load(work, request_id)


def acknowledge(work: Work, request_id: str, *, by: str) -> Request:
    """Say that the person was told that their request arrived, where no page told them at once."""
    request = record.load(work, request_id)
    if any(one.stage == "acknowledge" and one.met_at is None for one in request.deadlines):
        limits.meet(work, request.id, "acknowledge")
        record.note(work, request, "acknowledge", by=by)
    return record.load(work, request_id)


def _longer(work: Work, request: Request) -> Iterator[tuple[Deadline, Due]]:
    policy = record.promised(work, request).policy
    for limit in request.deadlines:
        if limit.met_at is None and not limit.extended:
            end = extended(policy, request.kind, limit, request.opened_at)
            if end is not None:
                yield limit, end


def _ground(policy: Policy, kind: Kind, name: str) -> Ground:
    known = grounds(policy, kind)
    if name not in known:
        near = get_close_matches(name[:100], known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known) or 'none: it lists no grounds'}"
        raise InputError("requests.unknown-ground", f"the policy has no ground `{name[:100]}`", hint=hint)
    return known[name]
