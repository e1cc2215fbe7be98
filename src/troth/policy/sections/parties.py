"""Who: the controller and how to reach it, recipients of every kind, what the policy covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from troth.base.period import Period
from troth.policy.schema.marks import Country, Email, ItemId, Link, PermissionId, Phone, PurposeId, Words, called
from troth.policy.sections.words import Basis, Grade, Start


@dataclass(frozen=True)
class Contacts:
    """How a person reaches the controller, and how soon it answers what comes that way.

    `through` is whom a person turns to where the text names people and no address.
    """

    email: Email | None = None
    phone: Phone | None = None
    website: Link | None = None
    post: Words | None = None
    through: Words | None = None
    within: Period | None = None
    counts_from: Start = "receipt"


@dataclass(frozen=True)
class Controller:
    """The company that promises; `officer` is the person or department that answers for personal data.

    `role` is what the text says that it is, which need not be what it does.
    """

    name: Words
    contacts: Contacts = field(default_factory=Contacts)
    officer: Words | None = None
    country: Country | None = None
    role: Literal["controller", "processor"] = "controller"


@dataclass(frozen=True)
class Disputes:
    """Which law governs and who decides; `law_of` and `court_of` are the countries that these texts speak of."""

    first: Words | None = None
    law: Words | None = None
    law_of: Country | None = None
    court: Words | None = None
    court_of: Country | None = None


@dataclass(frozen=True)
class Scope:
    """Which products the policy covers, which not, and which policy goes first where two could apply."""

    covers: Mapping[str, Words] = field(default_factory=dict)
    excludes: Mapping[str, Words] = field(default_factory=dict)
    precedence: Words | None = None


@dataclass(frozen=True)
class Recipient:
    """Somebody else who gets personal data. For an SDK this is its line in the register.

    `members` names who stands behind a group such as "affiliates"; `terms` are what the contract binds them to;
    `self_start` is when it may start the app by itself; `basis` holds where no function shares with it. `contact` is
    where it is written to about the people whose data it got.
    """

    id: str
    kind: Literal[
        "sdk",
        "processor",
        "affiliate",
        "partner",
        "provider",
        "research",
        "successor",
        "authority",
        "controller",
        "public",
    ]
    name: Words
    receives: tuple[ItemId, ...] = ()
    purposes: tuple[PurposeId, ...] = field(default=(), metadata=called("for"))
    function: Words | None = None
    scope: Words | None = None
    aim: Words | None = None
    link: Link | None = field(default=None, metadata=called("policy"))
    permissions: tuple[PermissionId, ...] = ()
    self_start: tuple[Literal["never", "necessary", "after-consent"], ...] = ()
    members: Mapping[str, Words] = field(default_factory=dict)
    terms: Mapping[str, Words] = field(default_factory=dict)
    basis: Basis | None = None
    grade: Grade = "none"
    country: Country | None = None
    contact: Email | None = None
