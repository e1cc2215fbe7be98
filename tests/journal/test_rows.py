"""Rows of other packages and the journal's entries belong together, and it is said where they do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.consent.people import HOW, VAULT
from tests.requests.world import World, world
from troth.app.tables import declare_all
from troth.base.clock import SettableClock
from troth.base.work import Begin, Work
from troth.consent import service as consents
from troth.consent.tables import acceptance
from troth.consent.tables import event as choice
from troth.journal import tables
from troth.journal.rows import check_rows, tables_with_entries
from troth.journal.service import append
from troth.requests.tables import request_event
from troth.versions.tables import version

Tamper = Callable[[Work], object]


@pytest.fixture
def company(begin: Begin, clock: SettableClock, tmp_path: Path) -> World:
    """A company in which a few things have happened."""
    made = world(begin, clock, tmp_path)
    with begin() as work:
        consents.accept(work, VAULT, made.version, made.subject, documents=("policy",), **HOW)
        consents.give(work, VAULT, made.version, made.subject, "push", grade="explicit", **HOW)
        consents.withdraw(work, VAULT, made.version, made.subject, "push", **HOW)
    made.run(made.open("copy"))
    made.recall(made.open("close_account"))
    clock.advance(timedelta(days=1))
    return made


def faults(company: World) -> list[tuple[str, str]]:
    with company.begin() as work:
        return [(problem.code, problem.message) for problem in check_rows(work)]


def test_every_row_has_its_entry_and_every_entry_its_row(company: World) -> None:
    with company.begin() as work:
        for table in (choice, acceptance, request_event, version):
            assert work.db.scalar(sa.select(sa.func.count()).select_from(table))
    assert faults(company) == []


def _exchange(work: Work) -> None:
    given, withdrawn = work.db.execute(sa.select(choice.c.id, choice.c.entry).order_by(choice.c.entry)).all()
    for entry, one in ((-1, given), (given.entry, withdrawn), (withdrawn.entry, given)):
        work.db.execute(choice.update().where(choice.c.id == one.id).values(entry=entry))


TAMPERINGS: dict[str, tuple[Tamper, str, str]] = {
    "a choice is slipped in": (
        lambda work: work.db.execute(choice.update().where(choice.c.kind == "given").values(entry=900)),
        "journal.row-without-entry",
        "`consent_event`",
    ),
    "a choice is removed": (
        lambda work: work.db.execute(choice.delete().where(choice.c.kind == "withdrawn")),
        "journal.entry-without-row",
        "`consent_event`",
    ),
    "a row points at an entry of another kind": (
        lambda work: work.db.execute(acceptance.update().values(entry=0)),
        "journal.row-without-entry",
        "`consent_acceptance`",
    ),
    "two choices are exchanged": (
        _exchange,
        "journal.row-differs",
        "`consent_event`",
    ),
    "steps of a request are removed": (
        lambda work: work.db.execute(request_event.delete()),
        "journal.entry-without-row",
        "`request_event`",
    ),
    "an entry is written alone": (
        lambda work: append(work, "policy.published", {"version": "kaiconn:9"}),
        "journal.entry-without-row",
        "`policy_version`",
    ),
    "the journal is emptied": (
        lambda work: work.db.execute(tables.entry.delete()),
        "journal.row-without-entry",
        "`policy_version`",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_does_not_belong_together_is_named(company: World, what: str) -> None:
    tamper, code, table = TAMPERINGS[what]
    with company.begin() as work:
        tamper(work)
    assert any(found == code and table in message for found, message in faults(company))


def test_every_table_whose_rows_name_an_entry_says_which_entries_are_its_rows() -> None:
    declare_all()
    found = tables_with_entries()
    assert {"policy_version", "consent_event", "consent_acceptance", "request_event"} <= {one.name for one in found}
    assert [one.name for one in found if "journal" not in one.c.entry.info] == []
