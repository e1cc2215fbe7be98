"""Who acts: the person, their guardian, their agent, or the controller itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from troth.base.errors import InputError

ActorKind = Literal["self", "guardian", "agent", "controller"]
ACTORS: tuple[ActorKind, ...] = get_args(ActorKind)

_REFERENCE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


@dataclass(frozen=True)
class Actor:
    """Who acts. `verification` refers to what showed a guardian to be one, or to an agent's authority; never a name.

    Raises:
        InputError: `consent.unknown-actor`; `consent.bad-verification` for what is no reference;
            `consent.no-authority` for an agent without one.
    """

    kind: ActorKind = "self"
    verification: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in ACTORS:
            hint = f"use one of {', '.join(ACTORS)}"
            raise InputError("consent.unknown-actor", f"`{str(self.kind)[:40]}` is nobody who acts", hint=hint)
        if self.verification is not None and not _REFERENCE.fullmatch(self.verification):
            hint = "refer to the record of the verification by its id, such as `ver-1a`"
            raise InputError("consent.bad-verification", "the verification is not a reference", hint=hint)
        if self.kind == "agent" and self.verification is None:
            hint = "refer to the record that shows the agent's authority"
            raise InputError("consent.no-authority", "an agent acts only on an authority", hint=hint)

    @property
    def is_verified_guardian(self) -> bool:
        """Whether this is a guardian who has been shown to be one."""
        return self.kind == "guardian" and self.verification is not None


SELF = Actor()
CONTROLLER = Actor("controller")
