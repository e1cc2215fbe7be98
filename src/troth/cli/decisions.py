"""Decisions, printed."""

from __future__ import annotations

from typing import Any, get_args

from troth.base.errors import InputError
from troth.decision.engine import Decision
from troth.policy.model import Action

ACTIONS: tuple[Action, ...] = get_args(Action)


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
        "words": decision.words(language),
        "clause": decision.clause,
        "basis": decision.basis,
        "missing": list(decision.missing),
        "blocking": list(decision.blocking),
        "version": decision.version,
    }
