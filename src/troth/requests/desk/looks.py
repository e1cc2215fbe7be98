"""Looks of the staff beyond one request: a search for a person, a list that was taken away. Each is written down."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import tables
from troth.requests.desk import lists
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

Look = Literal["search", "list"]

_KINDS = {"search": "staff.searched", "list": "staff.exported"}


def search(work: Work, vault: Vault, who: Identifier, *, by: str) -> tuple[Request, ...]:
    """Everything that the person whom `who` finds asked for; that somebody looked for them is written down."""
    subject = subjects.find(work, vault, who)
    found = lists.of_subject(work, subject) if subject is not None else ()
    note(work, "search", found=len(found), by=by)
    return found


def note(work: Work, what: Look, *, found: int, by: str) -> None:
    """Write down that somebody looked, and how many requests they were shown."""
    one_writer(work)
    made = work.new_id("look")
    entry = journal.append(work, _KINDS[what], {"look": made, "found": found})
    values = {"id": made, "what": what, "by": by, "at": work.at, "found": found, "entry": entry.index}
    work.db.execute(sa.insert(tables.staff_look).values(**values))
