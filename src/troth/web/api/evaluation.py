"""The questions and answers of AuthZEN: JSON to what is asked, decisions and errors to JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from troth.base.errors import InputError, TrothError
from troth.decision.model import Decision
from troth.policy.model import ACTIONS, Action
from troth.web.api.routes import MalformedError

PERSON: Final = "person"
_LONGEST: Final = 300
_STOPS: Final[Mapping[object, bool | None]] = {
    "execute_all": None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}

Body = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question: `kind` is `person`, or the kind of the identifier that `subject` then is."""

    kind: str
    subject: str
    action: Action
    item: str
    purpose: str
    recipient: str | None
    policy: str | None
    language: str


def read(value: Body) -> Asked:
    """What an evaluation asks.

    Raises:
        MalformedError: `authzen.missing`, `authzen.not-text`, `authzen.not-object`.
        InputError: `authzen.resource-type`, `decision.unknown-name` for the action.
    """
    subject, action, resource = member(value, "subject"), member(value, "action"), member(value, "resource")
    context = context_of(value)
    kind = text(resource, "type")
    if kind != "item":
        raise InputError("authzen.resource-type", f"`{kind[:40]}` is no type of resource", hint="the type is `item`")
    return Asked(
        text(subject, "type"),
        text(subject, "id"),
        _action(text(action, "name")),
        text(resource, "id"),
        text(context, "purpose"),
        _optional(context, "recipient"),
        _optional(context, "policy"),
        _optional(context, "language") or "en",
    )


def context_of(value: Body) -> Body:
    """The context; an empty one where none was sent. Raises MalformedError `authzen.not-object`."""
    return member(value, "context") if "context" in value else {}


def member(value: Body, key: str) -> Body:
    """A member that is an object. Raises MalformedError `authzen.missing`, `authzen.not-object`."""
    found = value.get(key)
    if found is None:
        raise MalformedError("authzen.missing", f"`{key}` is missing", hint="see AuthZEN 1.0 § 5")
    if not isinstance(found, dict):
        raise MalformedError("authzen.not-object", f"`{key}` is not an object", hint="see AuthZEN 1.0 § 5")
    return found


def text(value: Body, key: str) -> str:
    """A member that is a text. Raises MalformedError `authzen.missing`, `authzen.not-text`."""
    found = value.get(key)
    if found is None:
        hint = "the purpose belongs into the context" if key == "purpose" else "see AuthZEN 1.0 § 5"
        raise MalformedError("authzen.missing", f"`{key}` is missing", hint=hint)
    if not isinstance(found, str) or len(found) > _LONGEST:
        raise MalformedError("authzen.not-text", f"`{key}` is not a text of up to {_LONGEST} characters")
    return found


def _optional(value: Body, key: str) -> str | None:
    return None if value.get(key) is None else text(value, key)


def _action(name: str) -> Action:
    for action in ACTIONS:
        if action == name:
            return action
    raise InputError("decision.unknown-name", f"there is no action `{name[:40]}`", hint=f"one of {', '.join(ACTIONS)}")


def stop_after(value: Body) -> bool | None:
    """After which answer to stop; None for none of them. Raises MalformedError `authzen.semantic`."""
    options = member(value, "options") if "options" in value else {}
    wanted = options.get("evaluations_semantic", "execute_all")
    if not isinstance(wanted, str) or wanted not in _STOPS:
        raise MalformedError(
            "authzen.semantic", "there is no such `evaluations_semantic`", hint=f"one of {', '.join(map(str, _STOPS))}"
        )
    return _STOPS[wanted]


def said(answer: Decision | TrothError, language: str) -> str:
    """A decision as JSON, with its reasons; an error as a denial that says what was wrong with the question."""
    return _decision(answer, language) if isinstance(answer, Decision) else _failed(answer)


@lru_cache(maxsize=8192)
def _decision(decision: Decision, language: str) -> str:
    context = {
        "outcome": decision.outcome,
        "clause": decision.clause,
        "basis": decision.basis,
        "missing": decision.missing,
        "blocking": decision.blocking,
        "version": decision.version,
        "sentence": decision.words(language),
    }
    return _compact({"decision": decision.outcome == "allowed", "context": context})


def _failed(error: TrothError) -> str:
    told = {"status": error.status, "code": error.code, "message": error.message, "hint": error.hint}
    return _compact({"decision": False, "context": {"error": told}})


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
