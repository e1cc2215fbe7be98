"""Carries out what `troth consent` was asked."""

from __future__ import annotations

from typing import Any

from troth.cli.session import opened
from troth.cli.session import subject as find_subject
from troth.consent.model import Event
from troth.consent.service import give, state, withdraw
from troth.versions.service import current


def record_consent(
    subject: str, function: str, grade: str | None, policy: str | None, language: str, interface: str
) -> Event:
    """Give; the grade is the one that the function asks for unless another is named."""
    app = opened()
    with app.begin() as work:
        version = current(work, policy)
        declared = version.policy.functions.get(function)
        return give(
            work,
            app.vault,
            version,
            find_subject(app, work, subject),
            function,
            grade=grade or (declared.grade if declared else "explicit"),
            language=language,
            interface=interface,
        )


def record_withdrawal(subject: str, function: str, policy: str | None, language: str, interface: str) -> Event:
    """Withdraw."""
    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        return withdraw(work, app.vault, current(work, policy), found, function, language=language, interface=interface)


def standings(subject: str) -> list[dict[str, Any]]:
    """Where each choice stands, by function."""
    app = opened()
    with app.begin() as work:
        found = state(work, find_subject(app, work, subject))
    return [
        {
            "function": function,
            "status": standing.status,
            "grade": standing.grade,
            "at": standing.at,
            "event": standing.event,
        }
        for function, standing in sorted(found.items())
    ]
