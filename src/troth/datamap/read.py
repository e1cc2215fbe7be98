"""Reads data maps: from YAML, with the place of every mistake, and from the plain value that a version keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troth.base.errors import InputError, Position
from troth.base.text import Text
from troth.datamap.model import Dataset, Identifier, Reference, Spelling, StoreKind, StoreMap
from troth.datamap.places import places
from troth.datamap.reading import Reading
from troth.datamap.rules import erasure, field
from troth.policy.yaml_reader import Node, from_plain, read

_STORE_KEYS = ("store", "label", "kind", "url", "ignore", "pseudonyms", "order", "datasets")
_DATASET_KEYS = ("table", "label", "key", "fields", "identifies", "refers", "owner", "erase", "order", "only", "chunks")
_REFERENCE_KEYS = ("columns", "to", "at", "detach", "many", "only")
_IDENTIFIER_KEYS = ("column", "spelling", "seeds")
_STORE_KINDS: tuple[StoreKind, ...] = ("sql", "files", "http", "mailbox")
_SPELLINGS: tuple[Spelling, ...] = ("exact", "any-case", "national", "e164")


def parse(files: Mapping[str, str]) -> Mapping[str, StoreMap]:
    """The maps in `files` (name to text, one store a file), by the name of the store.

    Raises:
        InputError: carries every problem of every file, each with its place.
    """
    reading, maps = Reading(), dict[str, StoreMap]()
    for name, text in files.items():
        try:
            root = read(name, text)
        except InputError as error:
            reading.problems.extend(error.problems())
            continue
        found = _store(root, reading)
        if found.name in maps:
            reading.report("store-twice", f"store `{found.name}` has another map", root.position, "one file a store")
        maps[found.name] = found
    reading.raise_if_any()
    return maps


def from_value(value: Mapping[str, Any]) -> StoreMap:
    """The map that `StoreMap.value` gave. Raises InputError with all problems if it is not one."""
    reading = Reading()
    found = _store(from_plain(value, Position("the version's data map", 1, 1)), reading)
    reading.raise_if_any()
    return found


def _store(root: Node, reading: Reading) -> StoreMap:
    keys = reading.mapping(root, "a data map", _STORE_KEYS, needed=("store", "url", "datasets"))
    name = reading.text(keys.get("store"))
    kind = keys.get("kind")
    if kind is not None:
        reading.choice(kind, "kind", _STORE_KINDS)
    datasets = keys.get("datasets")
    found = {
        dataset: _dataset(dataset, node, reading)
        for dataset, node in (reading.family(datasets, "datasets") if datasets else {}).items()
    }
    if datasets is not None:
        _check_references(datasets, found, reading)
        if kind is not None and kind.raw != "sql":
            _refuse_places(datasets, found, reading)
    return StoreMap(
        name=name,
        label=_label(keys.get("label"), name, reading),
        kind=next((one for one in _STORE_KINDS if kind is not None and one == kind.raw), "sql"),
        url=reading.text(keys.get("url")),
        datasets=reading.ordered(found, keys.get("order"), "dataset"),
        ignore=reading.words(keys.get("ignore")),
        pseudonyms=reading.text(keys["pseudonyms"]) if "pseudonyms" in keys else None,
    )


def _label(node: Node | None, name: str, reading: Reading) -> Text:
    return {"zh": name, "en": name} if node is None else reading.label(node)


def _dataset(name: str, node: Node, reading: Reading) -> Dataset:
    keys = reading.mapping(node, f"dataset `{name}`", _DATASET_KEYS, needed=("label", "key", "fields"))
    fields = reading.family(keys["fields"], "fields") if "fields" in keys else {}
    table = keys.get("table")
    rule = erasure(keys["erase"], reading) if "erase" in keys else Dataset.erase
    if rule.method in ("generalise", "pseudonymise"):
        hint = "let the dataset say `erase: null` or `erase: redact`, and the fields what they become instead"
        reading.report("field-only", f"`{rule.method}` is a rule for single fields", keys["erase"].position, hint)
    if rule.method in ("delete", "keep"):
        _refuse_rules(fields, rule.method, reading)
    return Dataset(
        name=name,
        table=reading.text(table) if table else name,
        label=_label(keys.get("label"), name, reading),
        key=_key(keys.get("key"), fields, reading),
        fields=reading.ordered(
            {column: field(rule, reading) for column, rule in fields.items()}, keys.get("order"), "field"
        ),
        identifies=_identifies(keys.get("identifies"), fields, reading),
        references=_references(keys.get("refers"), keys.get("owner"), fields, reading),
        owners=reading.words(keys.get("owner")),
        erase=rule,
        only=_only(keys.get("only"), fields, reading),
        chunks=_chunks(keys.get("chunks"), reading),
    )


def _chunks(node: Node | None, reading: Reading) -> int | None:
    if node is None:
        return None
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 1:
        reading.report("wrong-type", "`chunks` is a number of rows", node.position, "write it like `chunks: 5000`")
        return None
    return node.value


def _only(node: Node | None, fields: Mapping[str, Node], reading: Reading) -> dict[str, str | None]:
    """By column, the value that must stand in it; `null` for none."""
    found = dict[str, str | None]()
    for column, one in (reading.family(node, "only") if node else {}).items():
        reading.choice(Node(column, one.position, column), "field", fields)
        found[column] = None if one.value is None else reading.text(one)
    return found


def _refuse_rules(fields: Mapping[str, Node], method: str, reading: Reading) -> None:
    """A field's own rule would be an empty promise where its row goes or stays whole."""
    for column, node in fields.items():
        if isinstance(node.value, dict) and "erase" in node.value:
            hint = "let the dataset say `erase: null` or `erase: redact`, or leave the field's rule out"
            done = "deleted" if method == "delete" else "kept"
            message = f"`{column}` has a rule of its own, but its row is {done} whole"
            reading.report("idle-rule", message, node.key_position("erase"), hint)


def _key(node: Node | None, fields: Mapping[str, Node], reading: Reading) -> tuple[str, ...]:
    if node is None or node.raw == "none":
        return ()
    return reading.chosen(node, "field", fields)


def _identifies(node: Node | None, fields: Mapping[str, Node], reading: Reading) -> dict[str, Identifier]:
    kinds = reading.family(node, "identifies") if node else {}
    return {kind: _identifier(one, fields, reading) for kind, one in kinds.items()}


def _identifier(node: Node, fields: Mapping[str, Node], reading: Reading) -> Identifier:
    if not isinstance(node.value, dict):
        return Identifier(reading.choice(node, "field", fields))
    keys = reading.mapping(node, "an identifier", _IDENTIFIER_KEYS, needed=("column",))
    column = reading.choice(keys["column"], "field", fields) if "column" in keys else ""
    seeds = reading.yes(keys["seeds"], "seeds", otherwise=True) if "seeds" in keys else None
    spelt = keys.get("spelling")
    if spelt is None:
        return Identifier(column, seeds=seeds)
    reading.choice(spelt, "spelling", _SPELLINGS)
    return Identifier(column, next((one for one in _SPELLINGS if one == spelt.raw), "exact"), seeds)


def _references(
    node: Node | None, owner: Node | None, fields: Mapping[str, Node], reading: Reading
) -> dict[str, Reference]:
    family = reading.family(node, "refers") if node else {}
    owners = reading.chosen(owner, "reference", family) if owner and owner.value else ()
    return {name: _reference(name, one, fields, reading, is_owner=name in owners) for name, one in family.items()}


def _reference(name: str, node: Node, fields: Mapping[str, Node], reading: Reading, *, is_owner: bool) -> Reference:
    if not isinstance(node.value, dict):
        reading.choice(Node(name, node.position, name), "field", fields)
        dataset, _, column = reading.text(node).partition(".")
        return Reference((name,), dataset, (column,) if column else (), detach=is_owner)
    keys = reading.mapping(node, f"reference `{name}`", _REFERENCE_KEYS, needed=("to",))
    own = Node(name, node.position, name)
    many = reading.yes(keys.get("many"), "many", otherwise=False)
    to = reading.text(keys.get("to"))
    # Where `at` names the columns, all of `to` is the dataset's name, whatever is in it.
    dataset, _, column = (to, "", "") if "at" in keys else to.partition(".")
    found = places(keys.get("columns", own), fields, reading)
    within = tuple(place for _, place in found)
    return Reference(
        columns=tuple(column for column, _ in found),
        dataset=dataset,
        at=reading.words(keys["at"]) if "at" in keys else ((column,) if column else ()),
        detach=reading.yes(keys.get("detach"), "detach", otherwise=is_owner and not many),
        many=many,
        only=_only(keys.get("only"), fields, reading),
        inside=within if any(within) else (),
    )


def _check_references(node: Node, datasets: dict[str, Dataset], reading: Reading) -> None:
    """Hold the references against the datasets they lead to, and fill in the key where no column is named."""
    tables = dict[str, str]()
    for name, dataset in datasets.items():
        if tables.setdefault(dataset.table, name) != name:
            hint = f"`{tables[dataset.table]}` has it already"
            reading.report("table-twice", f"table `{dataset.table}` has two datasets", node.key_position(name), hint)
        completed = {}
        for called, reference in dataset.references.items():
            completed[called] = _completed(reference, datasets, _place(node, name, called), reading)
        datasets[name] = replace(dataset, references=completed)


def _refuse_places(node: Node, datasets: Mapping[str, Dataset], reading: Reading) -> None:
    for name, dataset in datasets.items():
        for called, reference in dataset.references.items():
            if reference.inside:
                hint = "only databases are looked into so deeply: give the value a column of its own"
                message = f"`{called}` stands inside a column"
                reading.report("only-in-databases", message, _place(node, name, called), hint)


def _place(node: Node, dataset: str, reference: str) -> Position:
    datasets = node.value if isinstance(node.value, dict) else {}
    of_dataset = datasets[dataset].value if dataset in datasets else None
    refers = of_dataset.get("refers") if isinstance(of_dataset, dict) else None
    return refers.key_position(reference) if refers else node.position


def _completed(reference: Reference, datasets: Mapping[str, Dataset], where: Position, reading: Reading) -> Reference:
    target = datasets.get(reference.dataset)
    if target is None:
        reading.unknown("dataset", reference.dataset, datasets, where)
        return reference
    at = reference.at or target.key
    for column in at:
        if column not in target.fields:
            reading.unknown("field", column, target.fields, where)
    if len(at) != len(reference.columns):
        hint = "name as many columns in `at` as in `columns`"
        reading.report("reference-width", f"`{reference.dataset}` is not found by so many columns", where, hint)
    return replace(reference, at=at)
