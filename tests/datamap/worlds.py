"""Generated worlds: a schema, its data map, its rows, and the people to be found in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from hypothesis import assume
from hypothesis import strategies as st

from troth.base.sensitive import Sensitive
from troth.datamap.graph import reachable
from troth.datamap.model import Dataset, Person, StoreMap
from troth.datamap.pseudonym import store_key
from troth.datamap.read import from_value

PHONES = ("+8619900000001", "+8619900000002", "+8619900000003")
KEY = store_key("company", "a secret of the company's own, kept apart")
STRANGE: tuple[Any, ...] = (None, 7, "x", {"id": True}, [])
"""What leads nowhere in a document."""
EMAILS = ("a@mail.example", "b@mail.example", "c@mail.example")


@dataclass(frozen=True)
class World:
    found: StoreMap
    rows: Mapping[str, list[dict[str, Any]]]
    people: tuple[Person, ...]
    has_foreign_keys: bool

    def tables(self) -> sa.MetaData:
        metadata = sa.MetaData()
        for name, dataset in self.found.datasets.items():
            columns = [
                sa.Column(column, _type_of(column), primary_key=column in dataset.key) for column in dataset.fields
            ]
            keys = [
                sa.ForeignKeyConstraint(
                    one.columns, [f"{one.dataset}.{at}" for at in one.at], name=f"fk_{name}_{called}", use_alter=True
                )
                for called, one in dataset.references.items()
                if not one.many and not one.inside
            ]
            sa.Table(name, metadata, *columns, *(keys if self.has_foreign_keys else []))
        return metadata

    def load(self, engine: sa.Engine) -> None:
        """Empty the database and fill it with this world; foreign keys come last, so that circles can be loaded."""
        metadata = self.tables()
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                self._load_before_the_keys(connection, metadata)
            elif engine.dialect.name == "mariadb":
                connection.exec_driver_sql("SET foreign_key_checks = 0")
                for name in connection.scalars(sa.text("SHOW TABLES")).all():
                    connection.exec_driver_sql(f"DROP TABLE `{name}`")
                connection.exec_driver_sql("SET foreign_key_checks = 1")
                self._load_before_the_keys(connection, metadata)
            else:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type='table'")).all():
                    connection.exec_driver_sql(f'DROP TABLE "{name}"')
                metadata.create_all(connection)
                self._insert(connection, metadata)
            connection.commit()

    def _load_before_the_keys(self, connection: sa.Connection, metadata: sa.MetaData) -> None:
        keys = [key for table in metadata.tables.values() for key in table.foreign_key_constraints]
        for table in metadata.tables.values():
            connection.execute(sa.schema.CreateTable(table, include_foreign_key_constraints=[]))
        self._insert(connection, metadata)
        for key in keys:
            connection.execute(sa.schema.AddConstraint(key))

    def _insert(self, connection: sa.Connection, metadata: sa.MetaData) -> None:
        for name, rows in self.rows.items():
            if rows:
                connection.execute(sa.insert(metadata.tables[name]), rows)

    def now(self, engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
        """What stands in the database."""
        with engine.connect() as connection:
            return {
                name: [_told(dict(row)) for row in connection.execute(sa.select(table)).mappings()]
                for name, table in self.tables().tables.items()
            }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Two ways to write one document are one."""
    return {**row, "doc": None if row["doc"] is None else json.dumps(json.loads(row["doc"]), sort_keys=True)}


def _type_of(column: str) -> sa.types.TypeEngine[Any]:
    return sa.Text() if column in ("phone", "email", "note", "kind", "live", "doc") else sa.Integer()


def sortable(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows without regard to their order."""
    return sorted(repr(sorted((_told(row) if "doc" in row else row).items())) for row in rows)


@st.composite
def worlds(draw: st.DrawFn, *, foreign_keys: bool = False) -> World:
    """Trees, diamonds, circles, self references, single and composite keys, rows of one, of several and of nobody."""
    names = [f"d{number}" for number in range(draw(st.sampled_from([3, 4, 2, 5, 1])))]
    drafts = {name: draw(_drafts(names, number)) for number, name in enumerate(names)}
    found = from_value(_map_value(drafts, {name: _key(draft) for name, draft in drafts.items()}))
    found = replace(found, key=KEY)
    assume(all(group.head is not None for group in reachable(found) if group.is_circular))
    keys = {name: draw(_keys(draft)) for name, draft in drafts.items()}
    rows = {
        name: [draw(_row(found, name, key, keys, place, foreign_keys)) for place, key in enumerate(keys[name])]
        for name in names
    }
    people = draw(st.permutations(_people()))[: draw(st.sampled_from([1, 2, 3]))]
    return World(found, rows, tuple(people), foreign_keys)


def _people() -> list[Person]:
    """Two are known by phone and e-mail, one by the e-mail alone."""
    phones = [("phone", Sensitive(phone)) for phone in PHONES]
    emails = [("email", Sensitive(email)) for email in EMAILS]
    return [
        Person("sub-a", (phones[0], emails[0])),
        Person("sub-b", (phones[1], emails[1])),
        Person("sub-c", (emails[2],)),
    ]


@dataclass(frozen=True)
class _Draft:
    is_composite: bool
    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    owners: tuple[bool, ...]
    detach: tuple[bool, ...]
    erase: Any
    note: Any
    mask: Any
    """What the note becomes where the row stays, if not the same as the other fields."""
    only: tuple[bool, ...]
    """Which references hold only in rows of a kind."""
    back: tuple[bool, ...]
    """Which references also lead their target to whom the referring row belongs to."""
    is_scoped: bool
    inside: tuple[str, bool, bool, bool] | None
    """A reference inside a document: to which dataset, whether by a list, whether it owns, whether it lets go."""


@st.composite
def _drafts(draw: st.DrawFn, names: list[str], number: int) -> _Draft:
    """Most datasets are owned by an earlier one, and many by a second one: earlier, later or themselves."""
    is_first = number == 0
    earlier = [] if is_first else [draw(st.sampled_from(names[:number]))]
    wanted = draw(st.sampled_from([0, 0, 1] if is_first else [1, 2, 0]))
    others = st.lists(st.sampled_from([names[0], *names]), min_size=wanted, max_size=wanted)
    targets = (*earlier, *draw(others))
    several = st.lists(st.booleans(), min_size=len(targets), max_size=len(targets)).map(tuple)
    owning = st.tuples(
        *(st.sampled_from([True, True, False] if not is_first else [False, False, True]) for _ in targets)
    )
    kinds = [("phone",), ("phone", "email"), ("email",)] if is_first else [(), (), (), ("email",)]
    return _Draft(
        is_composite=draw(st.booleans()),
        kinds=draw(st.sampled_from(kinds)),
        targets=targets,
        owners=draw(owning),
        detach=draw(several),
        erase=draw(st.sampled_from(["delete", "delete", "delete", "null", "redact", {"keep": "retention.account"}])),
        note=draw(st.sampled_from(["x.note", {"item": "x.note", "disclose": "never"}, "x.note"])),
        mask=draw(st.sampled_from([None, {"generalise": "2"}, "pseudonymise"])),
        only=draw(st.tuples(*(st.sampled_from([False, False, False, True]) for _ in targets))),
        back=draw(st.tuples(*(st.sampled_from([False, False, False, False, True]) for _ in targets))),
        is_scoped=draw(st.sampled_from([False, False, False, False, True])),
        inside=draw(st.one_of(st.none(), st.none(), _insides([names[0], *names]))),
    )


def _insides(names: list[str]) -> st.SearchStrategy[tuple[str, bool, bool, bool]]:
    mostly = st.sampled_from([True, True, False])
    return st.tuples(st.sampled_from(names), mostly, mostly, mostly)


def _key(draft: _Draft) -> list[str]:
    return ["tenant", "id"] if draft.is_composite else ["id"]


def _map_value(drafts: Mapping[str, _Draft], keys: Mapping[str, list[str]]) -> dict[str, Any]:
    datasets = {}
    for name, draft in drafts.items():
        refers: dict[str, dict[str, Any]] = {
            f"r{number}": {
                "columns": [f"r{number}_{column}" for column in keys[target]],
                "to": target,
                "at": keys[target],
                "detach": draft.detach[number],
                "only": {"kind": "good"} if draft.only[number] else {},
            }
            for number, target in enumerate(draft.targets)
        }
        columns = [*keys[name], *(column for one in refers.values() for column in one["columns"]), "kind", "live"]
        refers |= _back(name, drafts, keys) | _inside(draft, keys)
        datasets[name] = {
            "label": name,
            "key": keys[name],
            "identifies": {kind: kind for kind in draft.kinds},
            "refers": refers,
            "owner": [
                *(f"r{number}" for number, is_owner in enumerate(draft.owners) if is_owner),
                *(one for one in refers if one.startswith("back")),
                *(["doc"] if draft.inside is not None and draft.inside[2] else []),
            ],
            "only": {"live": "yes"} if draft.is_scoped else {},
            "erase": draft.erase,
            "fields": {
                **dict.fromkeys(columns, "none"),
                **{kind: f"account.{kind}" for kind in draft.kinds},
                "note": _note(draft),
                "doc": "none",
            },
        }
    return {"store": "company", "url": "env:COMPANY", "pseudonyms": "env:PSEUDONYMS", "datasets": datasets}


def _inside(draft: _Draft, keys: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
    if draft.inside is None:
        return {}
    target, is_list, _, lets_go = draft.inside
    start = "$.list[*]" if is_list else "$.one"
    columns = [{"json": "doc", "path": f"{start}.{column}"} for column in keys[target]]
    return {"doc": {"columns": columns, "to": target, "at": keys[target], "detach": lets_go}}


def _note(draft: _Draft) -> Any:
    if draft.mask is None or draft.erase not in ("null", "redact"):
        return draft.note
    return {**(draft.note if isinstance(draft.note, dict) else {"item": draft.note}), "erase": draft.mask}


def _back(name: str, drafts: Mapping[str, _Draft], keys: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
    """References back along those of other datasets: a row is owned by as many as refer to it."""
    return {
        f"back_{other}_{number}": {
            "columns": keys[name],
            "to": other,
            "at": [f"r{number}_{column}" for column in keys[name]],
            "many": True,
        }
        for other, draft in drafts.items()
        for number, target in enumerate(draft.targets)
        if target == name and draft.back[number]
    }


def _keys(draft: _Draft) -> st.SearchStrategy[list[tuple[int, ...]]]:
    number = st.integers(1, 4)
    key = st.tuples(st.integers(1, 2), number) if draft.is_composite else st.tuples(number)
    return st.sampled_from([4, 3, 2, 1]).flatmap(lambda size: st.lists(key, min_size=size, max_size=size, unique=True))


@st.composite
def _row(
    draw: st.DrawFn,
    found: StoreMap,
    name: str,
    key: tuple[int, ...],
    keys: Mapping[str, list[tuple[int, ...]]],
    place: int,
    foreign_keys: bool,
) -> dict[str, Any]:
    dataset = found.datasets[name]
    row: dict[str, Any] = dict(zip(dataset.key, key, strict=True))
    for reference in dataset.references.values():
        if reference.many or reference.inside:
            continue
        width = len(reference.columns)
        nowhere: list[tuple[int | None, ...]] = [(None,) * width, (1, None)[:width] if width > 1 else (None,)]
        dead = [] if foreign_keys else [(9,) * width]
        there = keys[reference.dataset]
        target = draw(st.sampled_from([*there, *there, *there, *nowhere, *dead]))
        row.update(zip(reference.columns, target, strict=True))
    for kind in dataset.identifies:
        names = PHONES if kind == "phone" else EMAILS
        usual = names[place % 3] if name == "d0" else None  # so that most rows of a world are different people's
        row[kind] = draw(st.sampled_from([usual, usual, *names, None]))
    row["kind"] = draw(st.sampled_from(["good", "good", "bad", None]))
    row["live"] = draw(st.sampled_from(["yes", "yes", "no", None]))
    row["note"] = draw(st.sampled_from([None, "one", "two"]))
    row["doc"] = draw(_document(dataset, keys))
    return row


def _document(dataset: Dataset, keys: Mapping[str, list[tuple[int, ...]]]) -> st.SearchStrategy[str | None]:
    """A document that may lead somewhere; in a list, elements that lead nowhere stand among the others."""
    reference = dataset.references.get("doc")
    if reference is None:
        return st.sampled_from([None, '{"one": 1}'])
    there = st.sampled_from([*keys[reference.dataset], (9,) * len(reference.at)])
    one = there.map(lambda key: dict(zip(reference.at, key, strict=True)))
    other = st.sampled_from(STRANGE)
    some = st.sampled_from([one, one, one, other]).flatmap(lambda chosen: chosen)
    documents = st.fixed_dictionaries({"one": some, "list": st.lists(some, min_size=1, max_size=3)})
    return st.sampled_from([documents.map(json.dumps)] * 5 + [st.sampled_from([None, "[]"])]).flatmap(lambda made: made)
