"""What leads from the rows of one table to those of another: foreign keys, and what only looks like one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from troth.datamap.inside import Inside
from troth.datamap.live import LiveSchema
from troth.datamap.model import Only
from troth.datamap.scan.documents import places
from troth.datamap.scan.guess import Catalogue
from troth.datamap.scan.keys import key_of
from troth.datamap.scan.words import parts, singular

_REFERS = ("id", "no", "uid")
_TYPES = ("type", "kind", "class")


@dataclass(frozen=True)
class Link:
    """A reference from the columns of one table to a row of another; `inside` says where in each the value stands."""

    name: str
    columns: tuple[str, ...]
    table: str
    at: tuple[str, ...]
    sure: float
    reason: str
    only: Only = field(default_factory=dict)
    inside: tuple[Inside | None, ...] = ()
    names: bool = False
    """Whether it leads by what names a person, so that its own row does, too, where that person has no row."""


Links = Mapping[str, tuple[Link, ...]]
"""By table."""


def all_links(catalogue: Catalogue) -> Links:
    """What leads from each table to others. A surer link of the same name takes the place of a less sure one."""
    return {table: _links(table, catalogue) for table in catalogue.live}


def _links(table: str, catalogue: Catalogue) -> tuple[Link, ...]:
    keys = list(_foreign_keys(table, catalogue.live))
    taken = {column for link in keys for column in link.columns}
    free = [column for column in catalogue.live[table].columns if column not in taken]
    guessed = [
        *(link for column in free for link in _in_documents(table, column, catalogue)),
        *(link for column in free for link in _named(table, column, catalogue.live)),
        *(link for column in free for link in _typed(table, column, catalogue)),
    ]
    return tuple({link.name: link for link in (*guessed, *keys)}.values())


def _foreign_keys(table: str, live: LiveSchema) -> Iterator[Link]:
    for key in live[table].foreign_keys:
        if key.table in live:
            name = key.columns[0] if len(key.columns) == 1 else "_and_".join(key.columns)
            yield Link(name, key.columns, key.table, key.at, 1.0, "foreign key")


def _named(table: str, column: str, live: LiveSchema) -> Iterator[Link]:
    """A column that is called after a table: `customer_id`."""
    words = parts(column)
    target = _called(words[:-1], live) if words[-1:] and words[-1] in _REFERS else None
    if target not in (None, table) and live[table].columns[column].kind == _kind_of_key(target, live):
        yield Link(column, (column,), target, key_of(live[target]), 0.6, f"named after `{target}`")


def _typed(table: str, column: str, catalogue: Catalogue) -> Iterator[Link]:
    """A column beside one that says to which table it leads: `author_id`, with `author_type` saying `customer`."""
    words, live = parts(column), catalogue.live
    types = {(*words[:-1], one) for one in _TYPES} if words[1:] and words[-1] in _REFERS else set()
    beside = [one for one in live[table].columns if parts(one) in types]
    for kind in beside:
        for value in sorted(set(catalogue.seen[table, kind].values)):
            target = _called(parts(value.replace("\\", ".").rpartition(".")[2]), live)
            if target is not None and live[table].columns[column].kind == _kind_of_key(target, live):
                reason, name = f"`{kind}` names `{target}`", f"{column}_of_{'_'.join(singular(parts(target)))}"
                yield Link(name, (column,), target, key_of(live[target]), 0.7, reason, {kind: value})


def _in_documents(table: str, column: str, catalogue: Catalogue) -> Iterator[Link]:
    """A key of a JSON document that is called after a table: `customer_id`, or `id` below `customer`."""
    live = catalogue.live
    for place in places(catalogue.seen[table, column].values):
        keys = (*place.keys, *place.then)
        words = tuple(word for key in keys[-2:] for word in parts(key))
        target = next((found for at in range(len(words) - 1) if (found := _called(words[at:-1], live))), None)
        if target is not None and words[-1] in _REFERS and _kind_of_key(target, live) in ("integer", "text"):
            name, reason = "_".join((column, *words)), f"`{place.path}` is named after `{target}`"
            yield Link(name, (column,), target, key_of(live[target]), 0.6, reason, {}, (place,))


def _called(words: tuple[str, ...], live: LiveSchema) -> str | None:
    """The table that is called so, in the singular or the plural, and has a key of one column."""
    for name, table in live.items():
        if words and singular(parts(name)) == singular(words) and len(key_of(table)) == 1:
            return name
    return None


def _kind_of_key(table: str | None, live: LiveSchema) -> str | None:
    return None if table is None else live[table].columns[key_of(live[table])[0]].kind
