"""The decisions about a person that the journal holds, found again by the commitments that only their key makes.

The journal does not say whose a decision was. Each is tried with the person's key, so this takes time in proportion to
all decisions of the span that is asked for: 12 to 13 seconds of one core for a million on SQLite, measured with 100,000
on a virtual machine with two cores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import TrothError
from troth.base.work import Work
from troth.journal import tables
from troth.subjects.service import open_keys
from troth.subjects.vault import Vault

_KIND = "decision.made"
_c = tables.entry.c


@dataclass(frozen=True)
class Decided:
    """One decision as it was recorded: what was asked, what came out, by which version and clause."""

    entry: int
    at: datetime
    outcome: str
    version: str
    purpose: str
    item: str
    action: str
    recipient: str | None
    clause: str | None


def decisions(work: Work, vault: Vault, subject: str, since: datetime | None = None) -> Iterator[Decided]:
    """The decisions about a person since then, the oldest first.

    Raises InputError `subjects.unknown`, and RefusedError `subjects.shredded`: then nobody can tell any more.
    """
    key = open_keys(work, vault, [subject])[subject]
    if isinstance(key, TrothError):
        raise key
    chosen = sa.select(_c.number, _c.at, _c.leaf).where(_c.kind == _KIND)
    if since is not None:
        chosen = chosen.where(_c.at >= since)
    for row in work.db.execute(chosen.order_by(_c.number)):
        refs = json.loads(bytes(row.leaf))["refs"]
        if refs["subject"] == key.commitment(refs["decision"]):
            yield _decided(row.number, row.at, refs)


def _decided(entry: int, at: datetime, refs: dict[str, str]) -> Decided:
    return Decided(
        entry,
        at,
        refs["outcome"],
        refs["version"],
        refs["purpose"],
        refs["item"],
        refs["action"],
        refs.get("recipient"),
        refs.get("clause"),
    )
