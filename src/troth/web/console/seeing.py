"""What a role sees: of people nothing but to those who answer them, of colleagues nothing but to those who need it."""

from __future__ import annotations

from typing import Final

from troth.app.settings import Role
from troth.subjects.identifier import Identifier
from troth.web.access import DECIDE, READ
from troth.web.sessions import Kind
from troth.web.visit import Visit

_HIDDEN: Final = "••••"
_LAST_DIGITS: Final = 2


def me(visit: Visit) -> str:
    """The address of the member of the staff who is signed in."""
    return visit.sessions[Kind.STAFF]["email"]


def decides(visit: Visit) -> bool:
    """Whether they answer people."""
    return visit.role in DECIDE


def sees_names(visit: Visit) -> bool:
    """Whether they see which of their colleagues did what."""
    return visit.role in READ


def colleagues(visit: Visit) -> tuple[str, ...]:
    """Everybody who may be given a request; nobody for those who do not see names."""
    roles: dict[str, Role] = dict(visit.app.settings.roles)
    return tuple(sorted(one for one, role in roles.items() if role in DECIDE)) if sees_names(visit) else ()


def masked(one: Identifier) -> str:
    """Enough of an identifier to tell two apart over the telephone, and not enough to reach anybody."""
    value = one.value.reveal()
    local, at, domain = value.rpartition("@")
    if one.kind == "email" and at:
        return f"{local[:1]}{_HIDDEN}@{_HIDDEN}.{domain.rpartition('.')[2]}"
    return f"{_HIDDEN}{value[-_LAST_DIGITS:]}" if one.kind == "phone" else _HIDDEN
