"""Carries out `troth map` and `troth plan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from troth.app.drills.folder import Folder, read_folder, read_text
from troth.app.keyring.secrets import resolve
from troth.base.errors import InputError, Problem
from troth.base.text import LANGUAGES
from troth.cli.session import named
from troth.datamap.check import against_policy, homeless
from troth.datamap.draw import draw
from troth.datamap.fides import Taken, take
from troth.datamap.grants import Server, grants
from troth.datamap.model import Person, StoreMap
from troth.datamap.reading import hint_for
from troth.datamap.scan.draft import draft, guesses
from troth.stores.model import Rehearsing, Store
from troth.stores.open import open_store
from troth.stores.seeding import seeded
from troth.stores.sql.catalogue import read_catalogue
from troth.stores.sql.connection import open_engine
from troth.stores.sql.show import Aim
from troth.stores.sql.store import SqlStore


def scanned(reference: str, folder: Path, name: str) -> tuple[str, dict[str, Any]]:
    """The draft, and its guesses by table and column."""
    policy = read_folder(folder).policy
    catalogue = read_catalogue(name, open_engine(resolve(reference)))
    found = guesses(catalogue, policy)
    value = {table: {column: asdict(one) for column, one in columns.items()} for table, columns in found.items()}
    return draft(name, reference, catalogue, policy), value


def checked(folder: Path, only: str | None) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What is wrong, and what deserves a look: items that are collected and lie in no store, missing indexes."""
    found = read_folder(folder)
    maps = _maps(found, only)
    stores = {name: open_store(one, resolve) for name, one in maps.items()}
    errors = [
        problem for name, one in maps.items() for problem in (*against_policy(one, found.policy), *stores[name].check())
    ]
    slow = (problem for store in stores.values() if isinstance(store, SqlStore) for problem in store.slow())
    return tuple(errors), (*homeless(maps.values(), found.policy), *slow)


def lines(level: str, problems: Sequence[Problem]) -> list[str]:
    """Problems for a person."""
    return [f"{level}: {one.message} [{one.code}]" + (f"\n  hint: {one.hint}" if one.hint else "") for one in problems]


def values(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems for a program."""
    return [{"code": one.code, "message": one.message, "hint": one.hint} for one in problems]


def drawn(folder: Path, only: str | None, language: str) -> str:
    """The map of one store as SVG."""
    if language not in LANGUAGES:
        raise InputError("cli.unknown-language", f"there is no language `{language[:20]}`", hint="zh or en")
    maps = _maps(read_folder(folder), only)
    if len(maps) != 1:
        raise InputError("datamap.several-stores", "the folder maps several stores", hint=hint_for("", maps))
    return draw(next(iter(maps.values())), language)


def granted(folder: Path, only: str | None, user: str) -> dict[str, tuple[str, ...]]:
    """The statements by store."""
    found = dict[str, tuple[str, ...]]()
    for name, one in _maps(read_folder(folder), only).items():
        sql = _sql(open_store(one, resolve))
        found[name] = grants(one, sql.live(), _server(sql), user, sql.database)
    return found


def _server(store: SqlStore) -> Server:
    servers: dict[str, Server] = {"postgresql": "postgresql", "mariadb": "mariadb"}
    if store.dialect not in servers:
        hint = "who may read an SQLite file is said by the file's mode"
        raise InputError("stores.no-grants", f"store `{store.name}` knows no users", hint=hint)
    return servers[store.dialect]


def taken(file: Path, folder: Path, url: str) -> tuple[Taken, ...]:
    """The maps that a file of Fides becomes."""
    return take(str(file), read_text(file), read_folder(folder).policy, url)


def planned(folder: Path, only: str | None, kind: str) -> dict[str, tuple[str, ...]]:
    """The statements by store, in their order."""
    aim: Aim = "seeds" if kind == "seeds" else _aim(kind)
    maps = _maps(read_folder(folder), only)
    return {name: _sql(open_store(one, resolve)).statements(aim) for name, one in maps.items()}


@dataclass(frozen=True)
class Counted:
    """What a request would meet. `seeds` and `unclear` count, by kind, what stores add to how the people are known."""

    rows: list[dict[str, Any]]
    seeds: dict[str, int]
    unclear: dict[str, int]


def counted(folder: Path, only: str | None, kind: str, subjects: Sequence[str]) -> Counted:
    """How many rows a request of these people would meet in each dataset. Nothing is written."""
    aim, found = _aim(kind), [named(text) for text in subjects]
    people = [Person(f"dry-run-{n}", ((one.kind, one.value),)) for n, one in enumerate(found)]
    folder_ = read_folder(folder)
    stores = {name: open_store(one, resolve) for name, one in folder_.maps.items()}
    known = seeded(stores, people)
    rows = [{"store": name, **row} for name in _maps(folder_, only) for row in _met(stores[name], aim, known.people)]
    seeds = Counter(kind for one in known.people for kind, _ in one.identifiers)
    seeds.subtract(kind for one in people for kind, _ in one.identifiers)
    return Counted(rows, dict(sorted((+seeds).items())), dict(Counter(one.kind for one in known.unclear)))


def _met(store: Rehearsing, aim: str, people: Sequence[Person]) -> list[dict[str, Any]]:
    return _read(store, people) if aim == "access" else _erased(store, people)


def _read(store: Store, people: Sequence[Person]) -> list[dict[str, Any]]:
    rows = Counter(row.dataset for row in store.access(people))
    return [{"dataset": name, "rows": number, "change": "read", "ground": None} for name, number in rows.items()]


def _erased(store: Rehearsing, people: Sequence[Person]) -> list[dict[str, Any]]:
    return [
        {"dataset": one.dataset, "rows": one.matched, "change": one.change, "ground": one.ground}
        for one in store.rehearse(people)
    ]


def _aim(kind: str) -> Literal["access", "erasure"]:
    if kind == "access":
        return "access"
    if kind != "erasure":
        raise InputError("cli.unknown-plan", f"there is no plan for `{kind[:40]}`", hint="access, erasure, or seeds")
    return "erasure"


def _maps(found: Folder, only: str | None) -> Mapping[str, StoreMap]:
    if only is None:
        return found.maps
    if only not in found.maps:
        hint = hint_for(only, found.maps)
        raise InputError("datamap.unknown-store", f"the folder maps no store `{only[:80]}`", hint=hint)
    return {only: found.maps[only]}


def _sql(store: Store) -> SqlStore:
    if not isinstance(store, SqlStore):
        raise InputError(
            "stores.no-statements", f"store `{store.name}` runs no SQL", hint="leave it out with `--store`"
        )
    return store
