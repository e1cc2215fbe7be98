"""Decisions, asked for and printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, get_args

from troth.base.errors import InputError
from troth.cli.session import opened
from troth.cli.session import subject as find_subject
from troth.decision.engine import Decision
from troth.decision.model import Question
from troth.decision.service import decide, purposes
from troth.policy.model import Action
from troth.versions.service import current

ACTIONS: tuple[Action, ...] = get_args(Action)


def decided(subject: str, asked: tuple[str | None, str | None, str, str | None], policy: str | None) -> Decision:
    """The decision, journaled.

    Raises:
        InputError: no purpose or no item was named, or one that nobody knows.
    """
    purpose, item, action, to = asked
    if purpose is None or item is None:
        hint = "name both, or list all with `--list-purposes`"
        raise InputError("decision.incomplete", "a question names a purpose and an item", hint=hint)
    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        return decide(work, app.vault, current(work, policy), found, Question(purpose, item, known_action(action), to))


def listed(subject: str, policy: str | None) -> tuple[Decision, ...]:
    """Everything that is allowed with a person's data."""
    app = opened()
    with app.begin() as work:
        return purposes(work, current(work, policy), find_subject(app, work, subject))


def listed_lines(allowed: tuple[Decision, ...]) -> Iterator[str]:
    """The same, a line a purpose and beneath it what is done with which items."""
    for purpose, of in groupby(allowed, key=lambda one: one.question.purpose):
        yield purpose
        for one in of:
            to = f" to {one.question.recipient}" if one.question.recipient else ""
            yield f"  {one.question.action} {one.question.item}{to} (clause {one.clause})"


def known_action(text: str) -> Action:
    """The action that `text` names.

    Raises:
        InputError: there is no such action.
    """
    for action in ACTIONS:
        if action == text:
            return action
    raise InputError("decision.unknown-action", f"`{text}` is not an action", hint=f"one of {', '.join(ACTIONS)}")


def line(decision: Decision, language: str) -> str:
    """The outcome and its reason in one sentence."""
    return f"{decision.outcome}: {decision.words(language)}"


def value(decision: Decision, language: str) -> dict[str, Any]:
    """The same for a program."""
    return {
        "ok": decision.outcome == "allowed",
        "outcome": decision.outcome,
        "purpose": decision.question.purpose,
        "item": decision.question.item,
        "action": decision.question.action,
        "recipient": decision.question.recipient,
        "words": decision.words(language),
        "clause": decision.clause,
        "basis": decision.basis,
        "missing": list(decision.missing),
        "blocking": list(decision.blocking),
        "version": decision.version,
    }
