"""Takes datasets that were written for Fides, and says what could not be carried over.

Fides follows a reference of direction `from` down to rows that are the person's, and one of direction `to` from the
person's row to another; here both are references that lead towards the person, the second one to as many as there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from troth.base.errors import InputError
from troth.datamap.scan.draft import listed, said, word
from troth.datamap.scan.words import Notion, item_of, notions
from troth.policy.model import Policy
from troth.policy.yaml_reader import plain, read

_IDENTITIES = {"email": "email", "phone_number": "phone", "user_id": "account", "external_id": "account"}
_UNCARRIED = ("skip_processing", "after", "erase_after", "masking_strategy_override", "partitioning", "namespace")

HEAD = """\
# Taken from a dataset of Fides. Fields that no item of the policy stands for are `none`: look at each.
"""


@dataclass
class Taken:
    """The map as YAML, and what of the file it does not say."""

    name: str
    text: str
    left_out: tuple[str, ...]


@dataclass
class _Collection:
    name: str
    label: str
    key: list[str] = field(default_factory=list)
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By column, the item or `none`, and why."""
    identifies: dict[str, str] = field(default_factory=dict)
    refers: dict[str, str] = field(default_factory=dict)


def take(file: str, text: str, policy: Policy, url: str) -> tuple[Taken, ...]:
    """The maps for the datasets of a file.

    Raises:
        InputError: it cannot be read, or holds no dataset of Fides.
    """
    value = plain(read(file, text))
    found = value.get("dataset") if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) and "fides_key" in one for one in found):
        hint = "a file of Fides begins with `dataset:` and a list of datasets that have a `fides_key`"
        raise InputError("datamap.not-fides", f"`{file}` holds no dataset of Fides", hint=hint)
    return tuple(_Reading(one, policy, url).taken() for one in found if isinstance(one, dict))


class _Reading:
    def __init__(self, value: Mapping[str, Any], policy: Policy, url: str) -> None:
        self._value = value
        self._policy = policy
        self._url = url
        self._name = str(value["fides_key"])
        self._left: list[str] = []
        self._found: dict[str, _Collection] = {}

    def taken(self) -> Taken:
        self._meta("the dataset", self._value)
        collections = [one for one in _list_of(self._value, "collections") if one.get("name")]
        self._found = {str(one["name"]): self._collection(one) for one in collections}
        for one in collections:
            self._references(str(one["name"]), one)
        lines = [*HEAD.splitlines(), *self._lines()]
        return Taken(self._name, "\n".join(lines) + "\n", tuple(self._left))

    def _collection(self, value: Mapping[str, Any]) -> _Collection:
        name = str(value["name"])
        found = _Collection(name, str(value.get("description") or name))
        self._meta(f"`{name}`", value)
        for one in _list_of(value, "fields"):
            self._field(found, one)
        return found

    def _field(self, into: _Collection, value: Mapping[str, Any]) -> None:
        name = str(value.get("name"))
        where, meta = f"`{into.name}.{name}`", _meta_of(value)
        into.fields[name] = self._item(where, value)
        if meta.get("primary_key"):
            into.key.append(name)
        if value.get("fields"):
            self._left.append(f"{where}: the fields inside it")
        self._meta(where, value)
        identity = meta.get("identity")
        if identity is not None:
            self._identity(into, name, str(identity))

    def _identity(self, into: _Collection, column: str, identity: str) -> None:
        kind = _IDENTITIES.get(identity, identity)
        if kind in into.identifies:
            self._left.append(f"`{into.name}.{column}`: a second column that names people by {kind}")
        into.identifies.setdefault(kind, column)

    def _item(self, where: str, value: Mapping[str, Any]) -> tuple[str, str]:
        categories = [str(one) for one in value.get("data_categories") or ()]
        personal = [one for one in categories if one.startswith("user")]
        for category in personal:
            notion = _notion(category)
            item = item_of(notion, self._policy) if notion else None
            if item is not None:
                return item, category
        if personal and personal != ["user.unique_id"]:
            self._left.append(f"{where}: no item of the policy means {', '.join(personal)}")
        return "none", ", ".join(categories) or "no category"

    def _meta(self, where: str, value: Mapping[str, Any]) -> None:
        meta = _meta_of(value)
        self._left.extend(f"{where}: {key}" for key in _UNCARRIED if meta.get(key))

    def _references(self, name: str, value: Mapping[str, Any]) -> None:
        for one in _list_of(value, "fields"):
            for reference in _list_of(_meta_of(one), "references"):
                self._reference(name, str(one.get("name")), reference)

    def _reference(self, name: str, column: str, value: Mapping[str, Any]) -> None:
        where = f"`{name}.{column}`"
        table, _, at = str(value.get("field", "")).partition(".")
        if value.get("dataset") != self._name:
            self._left.append(f"{where}: a reference to the other store `{value.get('dataset')}`")
        elif table not in self._found or at not in self._found[table].fields:
            self._left.append(f"{where}: a reference to `{table}.{at}`, which is not in the file")
        elif value.get("direction") == "to":
            own = self._found[table]
            own.refers[f"{name}_{column}"] = _many(at, name, column)
        else:
            self._found[name].refers[column] = _one(column, table, at)

    def _lines(self) -> Iterator[str]:
        yield from (f"store: {word(self._name)}", f"label: {word(str(self._value.get('name') or self._name))}")
        yield from ("kind: sql", f"url: {word(self._url)}", "datasets:" if self._found else "datasets: {}")
        for one in self._found.values():
            yield ""
            yield from (f"  {line}" for line in _dataset(one))


def _dataset(one: _Collection) -> Iterator[str]:
    yield f"{word(one.name)}:"
    yield f"  label: {word(one.label)}"
    yield f"  key: {'[' + listed(one.key) + ']' if one.key else 'none'}"
    if one.identifies:
        yield "  identifies:"
        yield from (f"    {word(kind)}: {word(column)}" for kind, column in one.identifies.items())
    if one.refers:
        yield "  refers:"
        yield from (f"    {word(name)}: {target}" for name, target in one.refers.items())
        yield f"  owner: [{listed(one.refers)}]"
    yield "  fields:"
    yield from (said(f"    {word(column)}: {item}", why) for column, (item, why) in one.fields.items())


def _one(column: str, table: str, at: str) -> str:
    return f"{{columns: [{word(column)}], to: {word(table)}, at: [{word(at)}]}}"


def _many(column: str, table: str, at: str) -> str:
    return f"{{columns: [{word(column)}], to: {word(table)}, at: [{word(at)}], many: true}}"


def _notion(category: str) -> Notion | None:
    """The notion that says the category, or the nearest one above it."""
    while category:
        for notion in notions().values():
            if category in notion.fides:
                return notion
        category = category.rpartition(".")[0]
    return None


def _meta_of(value: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = value.get("fides_meta") or value.get("fidesops_meta")
    return meta if isinstance(meta, dict) else {}


def _list_of(value: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
