"""What Troth itself holds about a person: it is in their copy like everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent import service as consent
from troth.requests import tables
from troth.requests.fulfilment.contents import Column, Table
from troth.requests.telling.words import OWN
from troth.stores.model import Plain
from troth.subjects import passkeys
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

_Rows = Iterable[Mapping[str, Plain]]


def own_tables(work: Work, vault: Vault, subject: str, language: str) -> tuple[Table, ...]:
    """The identifiers, choices, requests and passkeys of a person, each as one table."""
    return tuple(_table(name, rows(work, vault, subject), language) for name, rows in _DATASETS.items())


def _identifiers(work: Work, vault: Vault, subject: str) -> _Rows:
    for one in subjects.identifiers(work, vault, subject):
        yield {"kind": one.kind, "value": one.value.reveal()}


def _choices(work: Work, _vault: Vault, subject: str) -> _Rows:
    for one in consent.history(work, subject):
        yield {
            "at": _instant(one.at),
            "choice": one.kind.value,
            "about": one.function,
            "grade": one.grade,
            "version": one.version,
        }


def _requests(work: Work, _vault: Vault, subject: str) -> _Rows:
    table = tables.request.c
    chosen = sa.select(tables.request).where(table.subject == subject).order_by(table.opened_at, table.id)
    for row in work.db.execute(chosen):
        yield {
            "reference": row.reference,
            "kind": row.kind,
            "state": row.state,
            "opened_at": _instant(row.opened_at),
            "closed_at": None if row.closed_at is None else _instant(row.closed_at),
        }


def _passkeys(work: Work, vault: Vault, subject: str) -> _Rows:
    for one in passkeys.passkeys(work, vault, subject):
        used = None if one.used_at is None else _instant(one.used_at)
        yield {"name": one.name, "made_at": _instant(one.made_at), "used_at": used}


def _instant(at: datetime) -> str:
    return at.isoformat()


def _table(name: str, rows: _Rows, language: str) -> Table:
    words, columns, held = OWN[language], _COLUMNS[name], tuple(rows)
    return Table(
        store=None,
        place=words["place"],
        dataset=name,
        label=words[name],
        columns=tuple(Column(one, one, words[f"{name}.{one}"], (words["purpose"],), ()) for one in columns),
        rows=held,
        total=len(held),
    )


_DATASETS: Mapping[str, Callable[[Work, Vault, str], _Rows]] = {
    "identifiers": _identifiers,
    "choices": _choices,
    "requests": _requests,
    "passkeys": _passkeys,
}

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "identifiers": ("kind", "value"),
    "choices": ("at", "choice", "about", "grade", "version"),
    "requests": ("reference", "kind", "state", "opened_at", "closed_at"),
    "passkeys": ("name", "made_at", "used_at"),
}
