"""Data points: what somebody types is compared with what the stores hold of the person whom they say they are.

The page that takes them only seals them; a worker compares, so that how long an answer takes tells nobody whether
anybody is known by that name. The same statements are sent to the same stores for somebody unknown: they find nothing,
and nothing matches. All that is typed must match; which of it did not is never said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError, UnavailableError
from troth.base.work import Begin, Work
from troth.datamap.model import Person
from troth.datamap.read import from_value
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.model import Request
from troth.requests.ports import Jobs, OpenStores, Stores
from troth.requests.proof import evidence, identity, parties, proving
from troth.requests.proof.evidence import Evidence
from troth.requests.proof.points import askable, columns, matched
from troth.stores.model import Asking
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault
from troth.versions.model import Version

PER_PERSON: Final = 6
"""How often data points about one person are compared in `WINDOW`, whoever sends them in and for how many requests."""

OVERALL: Final = 500
"""How often they are compared in `WINDOW` for everybody: enough for a busy day, too few to search by."""

WINDOW: Final = timedelta(hours=24)

_LONGEST: Final = 200
_AT_ONCE = 50
_c = tables.identity_try.c


def send_in(work: Work, vault: Vault, version: Version, request: Request, typed: Mapping[str, str]) -> None:
    """Take the data points that somebody typed, for the worker to compare; uses up one try.

    Raises:
        InputError: `identity.points-missing` unless there are as many as have to match, all of them askable.
        RefusedError: `identity.no-tries`; `identity.busy` where too many were compared for everybody.
        ConflictError: `identity.checking` while the last ones are compared; `requests.not-possible`.
    """
    one_writer(work)
    given = {item: text.strip() for item, text in typed.items() if text.strip()}
    needed, known = identity.points(work, request.id), {one.item for one in askable(version)}
    if len(given) != needed or not known >= given.keys() or max(map(len, given.values())) > _LONGEST:
        hint = f"fill in {needed} of the fields"
        raise InputError("identity.points-missing", f"{len(given)} of {needed} answers were given", hint=hint)
    if any(one.sort == "points" for one in evidence.of(work, request.id)):
        raise ConflictError("identity.checking", "your last answers are being compared", hint="look again in a moment")
    if _tried(work) >= OVERALL:
        hint = "try again tomorrow, or send a document"
        raise RefusedError("identity.busy", "too many answers were compared today", hint=hint)
    if not identity.take_try(work, request.id):
        raise RefusedError("identity.no-tries", "no try is left", hint="send a document instead")
    plain = json.dumps(given, ensure_ascii=False, sort_keys=True)
    evidence.keep(work, vault, request, "points", plain.encode())


def match_due(begin: Begin, vault: Vault, stores: OpenStores, jobs: Jobs) -> int:
    """Compare what was sent in, and give the number compared. What a store does not answer for waits."""
    with begin() as work:
        due = evidence.waiting(work, _AT_ONCE)
    return sum(_compare(begin, vault, stores, jobs, one) for one in due)


def _compare(begin: Begin, vault: Vault, open_stores: OpenStores, jobs: Jobs, one: Evidence) -> bool:
    with begin() as work:
        request = record.load(work, one.request)
        if request.closed or subjects.is_shredded(work, request.subject):
            return False  # the sweep deletes it
        version = record.promised(work, request)
        try:
            typed = json.loads(evidence.read(work, vault, request, one.id))
        except InputError:
            return False  # another worker has compared it since it was found
        people = _people(work, vault, request)
    try:
        held = _held(version, open_stores(version), people)
    except UnavailableError:
        return False
    right = matched(vault, one.id, typed, held) == len(typed)
    with begin() as work:
        return _conclude(work, vault, one, _whose(work, vault, request), jobs, right=right)


def _conclude(work: Work, vault: Vault, one: Evidence, whose: bytes, jobs: Jobs, *, right: bool) -> bool:
    """Write down what came of it, once, and within what may be tried about one person."""
    one_writer(work)
    if one.id not in {left.id for left in evidence.of(work, one.request)}:
        return False
    tried = _tried(work, whose)
    work.db.execute(sa.insert(tables.identity_try).values(id=work.new_id("try"), person=whose, at=work.at))
    evidence.discard(work, one.request, ["points"])
    if right and tried < PER_PERSON:
        proving.prove(work, vault, one.request, ["points"], by=None, jobs=jobs)
    else:
        record.note(work, record.load(work, one.request), "mismatch")
    return True


def forget(begin: Begin) -> int:
    """The sweep: forget the tries that count no more, and give their number."""
    with begin() as work:
        old = _c.at <= work.at - WINDOW
        if work.db.execute(sa.select(_c.id).where(old).limit(1)).first() is None:
            return 0
        return work.db.execute(sa.delete(tables.identity_try).where(old)).rowcount


def _tried(work: Work, whose: bytes | None = None) -> int:
    recent = sa.select(sa.func.count()).select_from(tables.identity_try).where(_c.at > work.at - WINDOW)
    return work.db.scalar(recent if whose is None else recent.where(_c.person == whose)) or 0


def _people(work: Work, vault: Vault, request: Request) -> tuple[Identifier, ...]:
    """What the stores may know the person by."""
    party = parties.of(work, vault, request)
    if party is not None and party.named is not None:
        return (party.named,)
    return subjects.identifiers(work, vault, request.subject)


def _whose(work: Work, vault: Vault, request: Request) -> bytes:
    """What tries are counted by: the person, however they were named; a name that nobody has, counts by itself."""
    party = parties.of(work, vault, request)
    if party is None or party.named is None:
        return vault.lookup("identity", request.subject)
    found = subjects.find(work, vault, party.named)
    return vault.lookup("identity", found or f"{party.named.kind}:{party.named.value.reveal()}")


def _held(version: Version, stores: Stores, known: Sequence[Identifier]) -> Mapping[str, Sequence[str]]:
    """What the stores hold of the person, by item; nobody is asked who answers for one."""
    person = Person("", tuple((one.kind, one.value) for one in known))
    found: dict[str, list[str]] = {}
    for name, store in ((name, one) for name, one in sorted(stores.items()) if not isinstance(one, Asking)):
        items = columns(from_value(version.maps[name]))
        for row in store.access((person,)):
            for column, value in row.values.items():
                item = items.get((row.dataset, column))
                if item is not None and value is not None and not isinstance(value, bool):
                    found.setdefault(item, []).append(str(value))
    return found
