"""What is handled, why, and where a person meets it: items, categories, purposes, functions, flow lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from troth.base.period import Period
from troth.policy.schema.marks import (
    CategoryId,
    FactName,
    FunctionId,
    ItemId,
    ItemOrCategory,
    Link,
    PurposeId,
    RecipientId,
    StoredName,
    Words,
    called,
)
from troth.policy.sections.words import Action, Basis, Grade

Source = Literal["person", "device", "observed", "recipient", "public"]
Tells = Literal["phone", "email", "age", "account", "device", "identity-number", "post", "fax"]


@dataclass(frozen=True)
class Category:
    """A family of items. A sensitive one makes all below it sensitive; its sources hold where they state none."""

    id: str
    label: Words
    category: CategoryId | None = None
    sensitive: bool = False
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Item:
    """One kind of personal data. `tells` names what machinery can know by it: whom to call, how old somebody is."""

    id: str
    label: Words
    category: CategoryId | None = None
    sensitive: bool = False
    sources: tuple[Source, ...] = ()
    tells: Tells | None = None
    note: Words | None = None


@dataclass(frozen=True)
class Purpose:
    """Why something is done; `part_of` names the wider purpose that it serves."""

    id: str
    label: Words
    part_of: PurposeId | None = None


@dataclass(frozen=True)
class Function:
    """A business function as a person meets it: what it needs, what they may leave out, and who else gets it.

    `after` lists the facts without which nothing is collected; `open_list` says that the promise itself ends in
    "and other information"; `automated` that it decides without a human; `refused` what leaving it out changes. After
    `expires` a consent to it ends by itself.
    """

    id: str
    label: Words
    purpose: PurposeId = field(metadata=called("for"))
    basis: Basis
    grade: Grade = "none"
    needs: tuple[ItemId, ...] = ()
    optional: tuple[ItemId, ...] = ()
    shares: tuple[RecipientId, ...] = ()
    after: tuple[FactName, ...] = ()
    withdrawn: Literal["stop function and processing", "stop processing"] | None = None
    expires: Period | None = None
    refused: Words | None = None
    open_list: bool = False
    automated: bool = False
    limits: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowLine:
    """A line that allows one action beyond what the functions say: share these items with these, for this, when that.
    `only` says that the text calls it the only case of its action; `sources` where the data comes from.

    Items may be categories, or `all`. A line with no purpose states a condition for any purpose and yields no flow.
    """

    id: str
    label: Words
    action: Action
    basis: Basis
    items: tuple[ItemOrCategory, ...] = ()
    sources: tuple[Source, ...] = ()
    purposes: tuple[PurposeId, ...] = field(default=(), metadata=called("for"))
    to: tuple[RecipientId, ...] = ()
    grade: Grade = "none"
    after: tuple[FactName, ...] = ()
    only: bool = False
    limits: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Permission:
    """What the app may ask of the phone, and for which functions; `names` are the operating system's own names.

    `reads` are the items that come out of it; without a `required` one the product is not provided.
    """

    id: str
    label: Words
    functions: tuple[FunctionId, ...] = field(default=(), metadata=called("for"))
    names: tuple[str, ...] = ()
    risk: Literal["low", "runtime", "high"] = "low"
    ask: Literal["at-start", "in-use", "never"] | None = None
    reads: tuple[ItemId, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Technology:
    """A cookie or its like: what it holds, what it is for, how a person refuses it and what refusing changes.

    `names` are those it has on the device; one that ends in `*` stands for all that begin so.
    """

    id: str
    label: Words
    purposes: tuple[PurposeId, ...] = field(metadata=called("for"))
    kind: Literal["cookie", "beacon", "pixel", "storage", "other"] = "cookie"
    names: tuple[StoredName, ...] = ()
    holds: Mapping[str, Words] = field(default_factory=dict)
    refuse_by: Mapping[str, Words] = field(default_factory=dict)
    refused: Words | None = None
    basis: Basis = "unstated"
    grade: Grade = "none"
    lasts: Period | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Signal:
    """A sign that a browser sends, such as do-not-track, and whether it is `honoured`.

    `refuses` are the purposes for which it says no; each wider purpose includes the narrower ones.
    """

    id: str
    label: Words
    honoured: bool
    refuses: tuple[PurposeId, ...] = ()
    effect: Words | None = None


@dataclass(frozen=True)
class Matrix:
    """Many lines at once: which categories serve which purposes, or go to which recipients.

    Without `over` it allows: each cell is a flow for each of the actions. With `over` it tells what happened in that
    period before `since`, allows nothing, and must equal the records; `items` are those it happened to, whoever got
    them.
    """

    id: str
    label: Words
    actions: tuple[Action, ...]
    basis: Basis = "unstated"
    grade: Grade = "none"
    over: Period | None = None
    since: Words | None = None
    items: tuple[ItemOrCategory, ...] = ()
    purposes: Mapping[PurposeId, tuple[ItemOrCategory, ...]] = field(default_factory=dict, metadata=called("for"))
    to: Mapping[ItemOrCategory, tuple[RecipientId, ...]] = field(default_factory=dict)
    limits: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentFree:
    """A case of the closed list in which the named actions need no consent."""

    id: str
    label: Words
    actions: tuple[Action, ...]
    limits: Mapping[str, Words] = field(default_factory=dict)
