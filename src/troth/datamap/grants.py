"""What Troth's own user of a database must be allowed to do, and nothing beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from troth.datamap.correcting import correctable
from troth.datamap.guards import deleted_datasets, detachments
from troth.datamap.live import LiveSchema
from troth.datamap.masks import masked_columns
from troth.datamap.model import StoreMap
from troth.datamap.ownership import Ownership
from troth.datamap.plan import erasing

Server = Literal["postgresql", "mariadb"]


def grants(found: StoreMap, live: LiveSchema, server: Server, user: str, database: str) -> tuple[str, ...]:
    """The statements that let `user` run every plan of the map.

    Raises:
        InputError: the map does not fit the database; carries every problem.
    """
    owned = erasing(found, live)
    reads, changes = _reads(owned), _changes(owned)
    deleted = {dataset.table for dataset in deleted_datasets(owned)}
    quote = _quoted if server == "postgresql" else _ticked
    whom = quote(user) if server == "postgresql" else f"{_text(user)}@'%'"
    scope = "TEMPORARY" if server == "postgresql" else "CREATE TEMPORARY TABLES"
    at = f"DATABASE {quote(database)}" if server == "postgresql" else f"{quote(database)}.*"
    lines = [f"GRANT {scope} ON {at} TO {whom};"]
    for table in sorted(reads.keys() | changes.keys()):
        rights = [f"SELECT ({_listed(quote, reads[table])})"] if reads.get(table) else []
        rights += [f"UPDATE ({_listed(quote, changes[table])})"] if changes.get(table) else []
        rights += ["DELETE"] if table in deleted else []
        rights += ["SHOW VIEW"] if server == "mariadb" else []  # with which it may see how the table is made
        place = quote(table) if server == "postgresql" else f"{quote(database)}.{quote(table)}"
        lines.append(f"GRANT {', '.join(rights)} ON {place} TO {whom};")
    return tuple(lines)


def _reads(owned: Ownership) -> dict[str, set[str]]:
    """Every mapped column, and what in other tables refers by a foreign key to rows that are deleted."""
    reads = {dataset.table: set(dataset.fields) for dataset in owned.found.datasets.values()}
    deleted = {dataset.table for dataset in deleted_datasets(owned)}
    for table, known in owned.live.items():
        for key in known.foreign_keys:
            if key.table in deleted:
                reads.setdefault(table, set()).update(key.columns)
                reads[key.table].update(key.at)
    return reads


def _changes(owned: Ownership) -> dict[str, set[str]]:
    """What is masked, corrected or detached; and the key where rows are locked: locking takes the right to change."""
    changes = dict[str, set[str]]()
    for dataset in owned.datasets:
        changes.setdefault(dataset.table, set()).update(
            (*dataset.key, *masked_columns(dataset), *correctable(owned.found, dataset))
        )
    for dataset, _, (columns, _) in detachments(owned):
        changes.setdefault(dataset.table, set()).update(columns)
    for dataset in deleted_datasets(owned):
        for key in owned.live[dataset.table].foreign_keys:
            known = owned.live[dataset.table].columns
            changes[dataset.table].update(column for column in key.columns if known[column].nullable)
    return changes


def _listed(quote: object, columns: Iterable[str]) -> str:
    return ", ".join(_each(quote, columns))


def _each(quote: object, columns: Iterable[str]) -> Iterator[str]:
    assert callable(quote)
    for column in sorted(columns):
        yield str(quote(column))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _text(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "''") + "'"
