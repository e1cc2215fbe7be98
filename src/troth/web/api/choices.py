"""The JSON in which programs send choices, read and checked; what it says is in `docs/how-to/record-consent.md`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, SecretStr, StringConstraints, TypeAdapter, ValidationError, model_validator

from troth.base.errors import InputError, Problem
from troth.consent.actor import Actor
from troth.consent.acts.intake import Act, Asked
from troth.subjects.identifier import Identifier
from troth.subjects.identifier import identifier as normal
from troth.web.api.routes import MalformedError

MOST: Final = 500
"""Choices in one request."""

_SHOWN_PROBLEMS: Final = 20
_FIELD: Final = re.compile(r"[a-z_]{1,40}")

# The ledger holds what it stores to narrow alphabets of its own; this keeps away what no database can compare with.
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
_Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _FoundBy(_Strict):
    """What finds a person, such as a telephone number: it goes in the body, never in an address."""

    kind: _Word
    value: SecretStr

    def read(self) -> Identifier:
        return normal(self.kind, self.value.get_secret_value())


class _Actor(_Strict):
    """Who acts for the person, and what shows that they may."""

    kind: Literal["self", "guardian", "agent"] = "self"
    verification: _Id | None = None


class ChoiceBody(_Strict):
    """One choice, as a program sends it."""

    subject: _Id | None = None
    identifier: _FoundBy | None = None
    function: _Word
    action: Act
    language: _Word
    interface: _Word
    grade: _Word | None = None
    actor: _Actor = _Actor()
    policy: _Id | None = None
    version: _Id | None = None

    @model_validator(mode="after")
    def _one_person(self) -> ChoiceBody:
        if (self.subject is None) == (self.identifier is None):
            raise ValueError("name the person by `subject` or by `identifier`")
        return self

    def asked(self) -> Asked:
        """What is asked of the ledger. Raises InputError for an identifier that is none."""
        who = self.identifier.read() if self.identifier is not None else self.subject or ""
        return Asked(
            who,
            self.function,
            self.action,
            self.language,
            self.interface,
            self.grade,
            Actor(self.actor.kind, self.actor.verification),
            self.policy,
            self.version,
        )


_ONE: Final = TypeAdapter(ChoiceBody)
_MANY: Final = TypeAdapter(list[ChoiceBody])


def read_choices(body: bytes) -> tuple[Asked, ...] | Asked:
    """The choice that the body is, or the list of them.

    Raises:
        MalformedError: `web.not-json`.
        InputError: `web.body` with every problem, never repeating a value; `web.too-many-choices`,
            `subjects.unknown-kind`, `subjects.bad-…`.
    """
    many = body.lstrip()[:1] == b"["
    try:
        return _list(body) if many else _ONE.validate_json(body).asked()
    except ValidationError as error:
        raise _said(error.errors(include_url=False, include_context=False, include_input=False)) from None


def _list(body: bytes) -> tuple[Asked, ...]:
    choices = _MANY.validate_json(body)
    if not 0 < len(choices) <= MOST:
        hint = f"send between 1 and {MOST} in one request"
        raise InputError("web.too-many-choices", f"the list holds `{len(choices)}` choices", hint=hint)
    return tuple(_asked(place, choice) for place, choice in enumerate(choices))


def _asked(place: int, choice: ChoiceBody) -> Asked:
    try:
        return choice.asked()
    except InputError as error:
        here = [Problem(one.code, f"`{place}`: {one.message}", one.hint) for one in error.problems()]
        raise InputError.of(tuple(here)) from None


def _said(faults: Sequence[Mapping[str, Any]]) -> InputError:
    if faults[0]["type"] == "json_invalid":
        return MalformedError("web.not-json", "the body is not JSON", hint="send a JSON object or a list in UTF-8")
    problems = [Problem("web.body", f"`{_place(one['loc'])}`: {_reason(one)}", _HINT) for one in faults]
    return InputError.of(tuple(problems[:_SHOWN_PROBLEMS]))


_HINT: Final = "see the page on recording consent for what a choice holds"


def _place(where: Sequence[str | int]) -> str:
    """Where in the body; the name of a field that is not ours is not repeated, whatever it may hold."""
    known = [str(part) for part in where if isinstance(part, int) or _FIELD.fullmatch(part)]
    return ".".join(known) or "body"


def _reason(fault: Mapping[str, Any]) -> str:
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return "is no field of a choice" if fault["type"] == "extra_forbidden" else reason[:1].lower() + reason[1:]
