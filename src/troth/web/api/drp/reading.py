"""What an agent's message says, read and checked: the right exercised, and claims about a person (§ 2.01, § 3.04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError

from troth.base.errors import InputError
from troth.base.sensitive import Sensitive
from troth.requests.drp.message import MessageError
from troth.requests.drp.model import ACTIONS, Claim, Exercise
from troth.requests.proof.agents import Agent
from troth.subjects.identifier import Identifier, identifier

_UNDERSCORED: Final = {"sale:opt_out": "sale:opt-out", "sale:opt_in": "sale:opt-in"}
"""The protocol's own table writes them so (§ 3.01), its examples with a hyphen; both are meant."""

_Printable = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
_Said = Annotated[str, StringConstraints(max_length=500)]
_Secret = Annotated[SecretStr, Field(max_length=500)]


class _Address(BaseModel):
    """An address as OpenID Connect has it; what is whole is enough."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    formatted: _Secret | None = None
    street_address: _Secret | None = None
    locality: _Secret | None = None
    region: _Secret | None = None
    postal_code: _Secret | None = None
    country: _Secret | None = None


class _Exercise(BaseModel):
    """The members that are read; others may be there."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    exercise: _Said
    regime: Literal["ccpa"] | None = None
    agent_request_id: _Printable | None = Field(None, alias="agent-request-id")
    relationships: Annotated[list[_Said], Field(max_length=20)] | None = None
    status_callback: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,500}$")] | None = None
    name: _Secret | None = None
    email: _Secret | None = None
    email_verified: bool = False
    phone_number: _Secret | None = None
    phone_number_verified: bool = False
    address: _Address | _Secret | None = None
    address_verified: bool = False
    power_of_attorney: _Secret | None = None


class _Revocation(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    reason: Annotated[str, StringConstraints(max_length=5000)] = ""


_Shape = TypeVar("_Shape", bound=BaseModel)


def exercise_of(value: Mapping[str, Any], agent: Agent) -> Exercise:
    """What a checked message asks for.

    Raises:
        MessageError: `drp.body`, never repeating a value; `drp.action`, `drp.nobody`, `drp.callback`.
    """
    read = _read(_Exercise, value)
    action = _UNDERSCORED.get(read.exercise, read.exercise)
    if action not in ACTIONS:
        hint = f"use one of {', '.join(ACTIONS)}"
        raise MessageError("drp.action", "unsupported rights action", hint=hint, status=400)
    return Exercise(
        action,
        tuple(_claims(read)),
        Sensitive("\n".join(_lines(read))),
        read.regime,
        read.agent_request_id,
        _callback(read.status_callback, agent),
    )


def reason_of(value: Mapping[str, Any]) -> str:
    """Why something is revoked; empty where that is not said. Raises MessageError `drp.body`."""
    return _read(_Revocation, value).reason


def _read(shape: type[_Shape], value: Mapping[str, Any]) -> _Shape:
    try:
        return shape.model_validate(value, strict=True)
    except ValidationError as error:
        names = {field.alias or name for name, field in shape.model_fields.items()}
        places = sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)} & names)
        hint = f"look at {', '.join(f'`{one}`' for one in places)}"
        raise MessageError("drp.body", "the message is not of the protocol's form", hint=hint, status=400) from None


def _claims(read: _Exercise) -> Iterator[Claim]:
    given = (("email", read.email, read.email_verified), ("phone", read.phone_number, read.phone_number_verified))
    found = [Claim(_identifier(kind, value), verified) for kind, value, verified in given if value is not None]
    if not found:
        hint = "send `email` or `phone_number`: nobody is found by anything else here"
        raise MessageError("drp.nobody", "the message names nobody", hint=hint, status=400)
    yield from found


def _identifier(kind: str, value: SecretStr) -> Identifier:
    try:
        return identifier(kind, value.get_secret_value())
    except InputError as error:
        raise MessageError("drp.body", error.message, hint=error.hint, status=400) from None


def _lines(read: _Exercise) -> Iterator[str]:
    """What else is told of the person, for whoever has to find out who they are."""
    yield f"exercise: {read.exercise}"
    if read.relationships:
        yield f"relationships: {', '.join(read.relationships)}"
    for key, value in (("name", read.name), ("power_of_attorney", read.power_of_attorney)):
        if value is not None:
            yield f"{key}: {value.get_secret_value()}"
    told = _address(read.address)
    if told:
        yield f"address{' (verified)' if read.address_verified else ''}: {told}"


def _address(given: _Address | SecretStr | None) -> str:
    if isinstance(given, _Address):
        parts = [one.get_secret_value() for _, one in given if one is not None]
        return ", ".join(parts)
    return "" if given is None else given.get_secret_value()


def _callback(address: str | None, agent: Agent) -> str | None:
    """The address that is told of changes; only at the origin that the agent is listed with, so that nobody makes us
    call what is not theirs."""
    if address is None:
        return None
    if agent.callbacks is None or not address.startswith(f"{agent.callbacks}/"):
        hint = "use an address at the origin that you are listed with, or none"
        raise MessageError("drp.callback", "`status_callback` is not at your origin", hint=hint, status=400)
    return address
