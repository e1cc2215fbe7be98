"""Whom an erasure looks for: what the person is known by to Troth, and what the stores' own rows add to that.

It is found out before the first write and kept under the person's key: the row that told it may be gone when the next
store is asked, or when a worker goes on that another one left off.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from troth.base.sensitive import Sensitive
from troth.base.work import Begin, Work
from troth.datamap.model import Person
from troth.requests import tables
from troth.requests.fulfilment.running import Running
from troth.requests.model import Request
from troth.requests.ports import Stores
from troth.stores.seeding import Seeded, Whose, seeded
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault


def seek(begin: Begin, vault: Vault, stores: Stores, person: Person) -> Seeded:
    """What the stores add to a person. Whoever is known to Troth by an identifier is not taken for them."""
    return seeded(stores, (person,), _known(begin, vault))


def sought(run_: Running, stores: Stores, person: Person) -> Person:
    """The person with all that they may be found by; written before the first row that says so is changed or erased."""
    with run_.begin() as work:
        before = kept(work, run_.vault, run_.request)
    if before is not None:
        return before
    found = seek(run_.begin, run_.vault, stores, person)
    with run_.begin() as work:
        return keep(work, run_.vault, run_.going(work), found)


def kept(work: Work, vault: Vault, request: Request) -> Person | None:
    """The person as they were found before the first write; None before that."""
    sealed = work.db.scalar(sa.select(tables.request_seed.c.sealed).where(tables.request_seed.c.request == request.id))
    if sealed is None:
        return None
    opened = subjects.unseal(work, vault, request.subject, bytes(sealed), context=_context(request))
    return Person(request.subject, tuple((kind, Sensitive(value)) for kind, value in json.loads(opened)))


def keep(work: Work, vault: Vault, request: Request, found: Seeded) -> Person:
    """Write whom the request looks for; once, a second run takes what the first one wrote."""
    before = kept(work, vault, request)
    if before is not None:
        return before
    (person,) = found.people
    plain = json.dumps([[kind, value.reveal()] for kind, value in person.identifiers]).encode()
    values = {
        "request": request.id,
        "sealed": subjects.seal(work, vault, request.subject, plain, context=_context(request)),
        "unclear": dict(Counter(one.kind for one in found.unclear)),
        "at": work.at,
    }
    work.db.execute(sa.insert(tables.request_seed).values(values))
    return person


def unclear(work: Work, request_id: str) -> Mapping[str, int]:
    """By kind, how many identifiers were not followed because they could mean somebody else as well."""
    table = tables.request_seed
    return work.db.scalar(sa.select(table.c.unclear).where(table.c.request == request_id)) or {}


def forget(work: Work, request_id: str) -> None:
    """Remove what was kept: the request is done."""
    work.db.execute(sa.delete(tables.request_seed).where(tables.request_seed.c.request == request_id))


def _known(begin: Begin, vault: Vault) -> Whose:
    def whose(kind: str, value: Sensitive[str]) -> str | None:
        with begin() as work:
            return subjects.find(work, vault, Identifier(kind, value))

    return whose


def _context(request: Request) -> str:
    return f"request:{request.id}:seeds"
