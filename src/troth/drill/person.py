"""What sample people do in a rehearsal."""

from __future__ import annotations

from collections.abc import Iterable

from troth.consent.matter import Matter
from troth.consent.service import accept, give
from troth.decision.engine import Decision, Question
from troth.decision.service import decide_all
from troth.drill.sandbox import Sandbox
from troth.requests.details import NONE, Details
from troth.requests.model import Request
from troth.requests.service import get, open_request
from troth.subjects.audience import belong
from troth.subjects.facts import change
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.versions.service import Version

INTERFACE = "drill"


def arrive(sandbox: Sandbox) -> str:
    """The sample person becomes known by phone and e-mail, in their audience, nothing verified and nothing accepted."""
    person = sandbox.person
    names = [identifier("phone", person.phone.reveal()), identifier("email", person.email.reveal())]
    with sandbox.begin() as work:
        subject = register(work, sandbox.vault, names)
        change(work, subject, add=["account.open"])
        if sandbox.audience is not None:
            belong(work, sandbox.vault, subject, sandbox.version.policy, sandbox.audience)
    return subject


def verify(sandbox: Sandbox, subject: str) -> None:
    """Both channels have been verified."""
    with sandbox.begin() as work:
        change(work, subject, add=["verified.phone", "verified.email"])


def accept_all(sandbox: Sandbox, subject: str) -> None:
    """The person accepts the policy and the terms."""
    accept_version(sandbox, subject, sandbox.version)


def accept_version(sandbox: Sandbox, subject: str, version: Version) -> None:
    """The person accepts that version of the policy, and the terms."""
    language = version.policy.languages[0]
    with sandbox.begin() as work:
        accept(work, sandbox.vault, version, subject, language=language, interface=INTERFACE)


def signed_up(sandbox: Sandbox) -> str:
    """A person who has done all that registration asks."""
    subject = arrive(sandbox)
    verify(sandbox, subject)
    accept_all(sandbox, subject)
    return subject


def agree(sandbox: Sandbox, subject: str, matter: Matter) -> None:
    """The person consents to one thing, by as much as it asks for."""
    language = sandbox.policy.languages[0]
    with sandbox.begin() as work:
        give(
            work,
            sandbox.vault,
            sandbox.version,
            subject,
            matter.name,
            grade=matter.grade,
            language=language,
            interface=INTERFACE,
        )


def ask(sandbox: Sandbox, subject: str, question: Question) -> Decision:
    """One recorded decision."""
    ((_, answer),) = ask_all(sandbox, subject, [question])
    return answer


def ask_all(sandbox: Sandbox, subject: str, questions: Iterable[Question]) -> list[tuple[Question, Decision]]:
    """Recorded decisions, all at once: a rehearsal asks hundreds."""
    asked = list(questions)
    with sandbox.begin() as work:
        return list(zip(asked, decide_all(work, sandbox.vault, sandbox.version, subject, asked), strict=True))


def request(sandbox: Sandbox, subject: str, kind: str, *, channel: str = "drill", details: Details = NONE) -> Request:
    """Open a request in the first language of the policy."""
    language = sandbox.policy.languages[0]
    with sandbox.begin() as work:
        return open_request(
            work,
            sandbox.vault,
            sandbox.version,
            subject,
            kind,
            language=language,
            channel=channel,
            jobs=sandbox.errands,
            details=details,
        )


def look(sandbox: Sandbox, request_id: str) -> Request:
    """The request as it stands now."""
    with sandbox.begin() as work:
        return get(work, request_id)
