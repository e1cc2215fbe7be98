"""A company with a database of its own, made from DDL by the test that needs it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from troth.base.sensitive import Sensitive
from troth.datamap.model import Person, StoreMap
from troth.datamap.read import parse
from troth.stores.model import Store
from troth.stores.open import open_store


def person(subject: str, **identifiers: str) -> Person:
    return Person(subject, tuple((kind, Sensitive(value)) for kind, value in identifiers.items()))


def data_map(datasets: str) -> StoreMap:
    text = f"store: company\nurl: env:COMPANY\ndatasets:\n{textwrap.indent(textwrap.dedent(datasets), '  ')}"
    return parse({"company.yaml": text})["company"]


@dataclass
class Company:
    """Its database; the connections of the test are its own, not the store's."""

    url: str
    engine: sa.Engine

    @property
    def kind(self) -> str:
        """sqlite, postgresql or mariadb."""
        return self.engine.dialect.name

    @property
    def is_sqlite(self) -> bool:
        return self.kind == "sqlite"

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def store(self, datasets: str) -> Store:
        return open_store(data_map(datasets), lambda _: self.url)


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """The statements that any engine sends meanwhile; a batch of parameter sets counts once."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
