"""Files as a store: the same answers as a database, every byte of others kept, all files replaced or none."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from pyarrow import fs

from tests.datamap.worlds import World, sortable, worlds
from tests.stores.company import person
from troth.base.errors import InputError, UnavailableError
from troth.datamap.model import StoreMap
from troth.datamap.read import from_value, parse
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore
from troth.stores.model import Erased
from troth.stores.open import open_store
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", email="ann@mail.example")
BOB = person("sub-bob", email="bob@mail.example")

CUSTOMERS: list[dict[str, Any]] = [
    {"id": "1", "email": "ann@mail.example", "nick": 'a "quoted", name'},
    {"id": "2", "email": "bob@mail.example", "nick": "007"},
    {"id": "3", "email": None, "nick": "2026-01-02"},
]
ORDERS: list[dict[str, Any]] = [
    {"id": "10", "customer_id": "1", "note": "ring twice\u0085, 谢谢"},
    {"id": "20", "customer_id": "2", "note": None},
    {"id": "21", "customer_id": "2", "note": "x"},
]


def _csv(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = [",".join(rows[0]), *(",".join(_cell(value) for value in row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def _jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


WRITERS: Mapping[str, Callable[[Path, list[dict[str, Any]]], None]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}

MAP = """
store: lake
kind: files
url: env:LAKE
datasets:
  customers:
    table: customers.KIND
    label: customers
    key: id
    identifies: {email: email}
    fields: {id: none, email: account.email, nick: account.nickname}
  orders:
    table: "orders/*.KIND"
    label: orders
    key: id
    refers: {customer_id: customers.id}
    owner: customer_id
    fields: {id: none, customer_id: none, note: order.record}
"""


def _map(kind: str, *changes: tuple[str, str]) -> StoreMap:
    text = MAP.replace("KIND", kind)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse({"m.yaml": text})["lake"]


@pytest.fixture(params=["csv", "jsonl", "parquet"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _fill(folder: Path, kind: str) -> None:
    (folder / "orders").mkdir()
    WRITERS[kind](folder / f"customers.{kind}", CUSTOMERS)
    WRITERS[kind](folder / "orders" / f"a.{kind}", ORDERS[:1])
    WRITERS[kind](folder / "orders" / f"b.{kind}", ORDERS[1:])


@pytest.fixture
def lake(tmp_path: Path, kind: str) -> Path:
    folder = tmp_path / "lake"
    folder.mkdir()
    _fill(folder, kind)
    return folder


def _store(folder: Path, kind: str, *changes: tuple[str, str]) -> FileStore:
    return FileStore(_map(kind, *changes), Place(str(folder)))


def _rows(store: FileStore, *people: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [(row.subject, row.dataset, dict(row.values)) for row in store.access(people)]


def test_access_returns_what_belongs_in_the_order_of_people(lake: Path, kind: str) -> None:
    assert _rows(_store(lake, kind), BOB, ANN) == [
        ("sub-bob", "customers", CUSTOMERS[1]),
        ("sub-bob", "orders", ORDERS[1]),
        ("sub-bob", "orders", ORDERS[2]),
        ("sub-ann", "customers", CUSTOMERS[0]),
        ("sub-ann", "orders", ORDERS[0]),
    ]


def test_erasure_leaves_what_does_not_belong_as_it_was(lake: Path, kind: str) -> None:
    store, untouched = _store(lake, kind), _written_at(lake / "orders" / f"b.{kind}")
    assert store.look([ANN]) == {"customers": 1, "orders": 1}
    assert store.erase([ANN]) == (
        Erased("orders", 1, 1, 0, None, "delete"),
        Erased("customers", 1, 1, 0, None, "delete"),
    )
    assert _rows(store, BOB) == [
        ("sub-bob", "customers", CUSTOMERS[1]),
        ("sub-bob", "orders", ORDERS[1]),
        ("sub-bob", "orders", ORDERS[2]),
    ]
    assert _written_at(lake / "orders" / f"b.{kind}") == untouched, "a file that holds nothing of hers is not written"
    assert store.look([ANN]) == {"customers": 0, "orders": 0}
    assert all(one.changed == 0 for one in store.erase([ANN]))
    assert sorted(path.name for path in lake.rglob("*")) == sorted(
        ["orders", f"customers.{kind}", f"a.{kind}", f"b.{kind}"]
    )
    held = b"".join(path.read_bytes() for path in lake.rglob("*.*"))
    assert b"ann@mail" not in held


def _written_at(path: Path) -> tuple[int, int, int]:
    """Which file it is and when it was changed; when it was read may differ."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def test_masked_fields_change_and_the_others_of_the_row_do_not(lake: Path, kind: str) -> None:
    change = ("identifies: {email: email}", "identifies: {email: email}\n    erase: redact")
    kept = ("nick: account.nickname", "nick: {item: account.nickname, erase: {keep: retention.account}}")
    store = _store(lake, kind, change, kept)
    assert Erased("customers", 1, 1, 0, None, "mask") in store.erase([ANN])
    found = FileStore(_map(kind, ("identifies: {email: email}", "identifies: {account: id}")), Place(str(lake)))
    (row,) = [row for row in found.access([person("x", account="1")]) if row.dataset == "customers"]
    assert row.values == {"id": "1", "email": "erased", "nick": 'a "quoted", name'}


def test_types_of_parquet_are_kept(tmp_path: Path) -> None:
    schema = pa.schema([("id", pa.int32()), ("email", pa.string()), ("born", pa.date32()), ("n", pa.decimal128(9, 2))])
    rows = [{"id": n, "email": f"{n}@mail.example", "born": None, "n": None} for n in range(3)]
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "customers.parquet")
    found = parse(
        {
            "m": MAP[: MAP.index("  orders:")]
            .replace("KIND", "parquet")
            .replace("nick: account.nickname", "born: x, n: x")
            .replace("key: id", "key: id\n    erase: redact")
        }
    )["lake"]
    FileStore(found, Place(str(tmp_path))).erase([person("x", email="1@mail.example")])
    table = pq.read_table(tmp_path / "customers.parquet")
    assert table.schema.types == schema.types
    assert [row["email"] for row in table.to_pylist()] == ["0@mail.example", "erased", "2@mail.example"]


def test_a_check_names_what_differs(lake: Path, kind: str) -> None:
    assert _store(lake, kind).check() == ()
    WRITERS[kind](lake / f"extra.{kind}", [{"a": "b"}])
    assert [one.code for one in _store(lake, kind).check()] == ["datamap.unmapped-table"]
    (lake / f"customers.{kind}").unlink()
    assert "datamap.no-table" in [one.code for one in _store(lake, kind).check()]


def test_a_key_that_does_not_tell_rows_apart_is_refused_before_anything_is_written(lake: Path, kind: str) -> None:
    WRITERS[kind](lake / f"customers.{kind}", [*CUSTOMERS, CUSTOMERS[1]])
    before = (lake / f"customers.{kind}").read_bytes()
    with pytest.raises(InputError) as refused:
        _store(lake, kind).erase([ANN])
    assert {one.code for one in refused.value.problems()} == {"datamap.key-not-unique", "datamap.owner-not-unique"}
    assert (lake / f"customers.{kind}").read_bytes() == before


def test_a_crash_leaves_all_old_or_all_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted at its first act on the folder, at its second … : before the decision nothing, then everything."""
    kind, lake = "csv", tmp_path / "lake"
    (tmp_path / "before").mkdir()
    _fill(tmp_path / "before", kind)
    outcomes: set[object] = set()
    for number in range(12):
        shutil.rmtree(lake, ignore_errors=True)
        shutil.copytree(tmp_path / "before", lake)
        store = _store(lake, kind)
        with monkeypatch.context() as patch:
            _break_at(patch, store, number)
            try:
                store.erase([ANN])
            except UnavailableError:
                outcomes.add("interrupted")
        outcomes.add(tuple(sorted(_store(lake, kind).look([ANN]).items())))
        assert _rows(_store(lake, kind), BOB)[0] == ("sub-bob", "customers", CUSTOMERS[1])
        _store(lake, kind).erase([ANN])
        assert set(_store(lake, kind).look([ANN]).values()) == {0}
        assert not list(lake.glob(".troth-erasure*"))
    assert outcomes == {
        "interrupted",
        (("customers", 1), ("orders", 1)),
        (("customers", 0), ("orders", 0)),
    }


def _break_at(patch: pytest.MonkeyPatch, store: FileStore, number: int) -> None:
    """The place's file system, that fails at the act of this number, counted from here."""
    real, acts = store._place._fs, [number]

    class Failing:
        def __getattr__(self, name: str) -> Any:
            found = getattr(real, name)
            if name not in ("move", "delete_file", "open_output_stream"):
                return found

            def act(*arguments: Any, **options: Any) -> Any:
                acts[0] -= 1
                if acts[0] == -1:
                    raise OSError
                return found(*arguments, **options)

            return act

    patch.setattr(store._place, "_fs", Failing())
    patch.setattr(Place, "is_local", True)


def test_what_somebody_writes_meanwhile_is_not_lost(lake: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store(lake, kind)
    once = iter([store._place.files()])
    real = store._place.files
    monkeypatch.setattr(store._place, "files", lambda: next(once, None) or real())
    WRITERS[kind](lake / f"customers.{kind}", [*CUSTOMERS, {"id": "4", "email": "new@mail.example", "nick": "n"}])
    with pytest.raises(UnavailableError):
        store.erase([ANN])
    assert b"new@mail" in (lake / f"customers.{kind}").read_bytes()


def test_a_missing_folder_is_unavailable_and_not_empty(tmp_path: Path) -> None:
    store = FileStore(_map("csv"), Place(str(tmp_path / "missing")))
    for act in (lambda: store.look([ANN]), lambda: list(store.access([ANN])), lambda: store.erase([ANN]), store.check):
        with pytest.raises(UnavailableError) as failed:
            act()
        assert failed.value.code == "stores.unavailable"
        assert failed.value.__context__ is None


def test_a_broken_file_is_unavailable_and_its_content_is_not_repeated(lake: Path, kind: str) -> None:
    if kind == "csv":
        pytest.skip("nearly anything is CSV")
    (lake / f"customers.{kind}").write_text("ann@mail.example {{{ broken")
    with pytest.raises(UnavailableError) as failed:
        _store(lake, kind).erase([ANN])
    assert "ann@mail" not in f"{failed.value} {failed.value.hint}"
    assert failed.value.__context__ is None


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a*b[0]", "a b", "客户", "a;DROP TABLE x"])
def test_file_names_and_columns_that_sql_would_trip_over_are_only_names(tmp_path: Path, kind: str, name: str) -> None:
    WRITERS[kind](tmp_path / f"{name}.{kind}", [{"id": "1", name: "ann@mail.example"}, {"id": "2", name: "x"}])
    dataset = {
        "table": f"{name}.{kind}".replace("[", "[[]").replace("*", "[*]") if "*" in name else f"{name}.{kind}",
        "label": "d", "key": "id", "identifies": {"email": name}, "fields": {"id": "none", name: "account.email"},
    }  # fmt: skip
    found = from_value({"store": "s", "kind": "files", "url": "env:X", "datasets": {"d": dataset}})
    store = FileStore(found, Place(str(tmp_path)))
    assert [row.values["id"] for row in store.access([ANN])] == ["1"]
    assert store.erase([ANN])[0].changed == 1
    assert set(store.look([ANN]).values()) == {0}


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(world=worlds())
def test_files_give_the_same_answers_as_a_database(tmp_path: Path, world: World) -> None:
    references = (one for dataset in world.found.datasets.values() for one in dataset.references.values())
    assume(not any(one.inside for one in references))
    folder, engine = tmp_path / "world", sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    world.load(engine)
    schemas = {name: _schema(world, name) for name in world.found.datasets}
    for name, rows in world.rows.items():
        pq.write_table(pa.Table.from_pylist(rows, schemas[name]), folder / f"{name}.parquet")
    value = world.found.value
    for name, dataset in value["datasets"].items():
        dataset["table"] = f"{name}.parquet"
    found = replace(from_value(value | {"kind": "files"}), key=world.found.key)
    here, there = FileStore(found, Place(str(folder))), SqlStore(world.found, engine)
    assert list(here.access(world.people)) == list(there.access(world.people))
    assert here.look(world.people) == there.look(world.people)
    assert sorted(map(repr, here.erase(world.people))) == sorted(map(repr, there.erase(world.people)))
    left = world.now(engine)
    engine.dispose()
    for name in world.found.datasets:
        table = pq.read_table(folder / f"{name}.parquet")
        assert sortable(table.to_pylist()) == sortable(left[name]), name


def _schema(world: World, name: str) -> pa.Schema:
    columns = world.tables().tables[name].columns
    return pa.schema([(one.name, pa.string() if isinstance(one.type, sa.Text) else pa.int64()) for one in columns])


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a bucket that a server which speaks S3 keeps."""
    # Amazon's newer checksums are chunked into the body; servers that do not know them refuse it.
    os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"
    found = shutil.which("rclone") or str(Path(sys.executable).parent / "rclone")
    if not Path(found).exists():
        pytest.skip("rclone, which serves S3, is not installed")
    folder = tmp_path_factory.mktemp("s3")
    (folder / "bucket").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keys = ["--auth-key", "key,secretsecret", "--vfs-cache-mode", "off"]
    command = [found, "serve", "s3", "--addr", f"127.0.0.1:{port}", *keys, str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while not _answers(port):
        assert time.monotonic() < until
        time.sleep(0.05)  # noqa: TID251 - a test waits for a server that it started
    yield f"s3://key:secretsecret@bucket?scheme=http&endpoint_override=127.0.0.1:{port}&region=us-east-1"
    server.kill()
    server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _put(url: str, folder: Path) -> None:
    """The files of a folder at this place."""
    found, root = fs.FileSystem.from_uri(url)
    for path in folder.rglob("*.parquet"):
        with found.open_output_stream(f"{root}/{path.relative_to(folder)}") as target:
            target.write(path.read_bytes())


def _names(url: str) -> list[str]:
    found, root = fs.FileSystem.from_uri(url)
    every = found.get_file_info(fs.FileSelector(root, recursive=True))
    return sorted(one.path.removeprefix(root).lstrip("/") for one in every if one.is_file)


_NUMBERS = itertools.count(1)
NAMES = ["customers.parquet", "orders/a.parquet", "orders/b.parquet"]


@pytest.fixture(params=["folder", "bucket"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a place with the customers and orders in Parquet."""
    url = f"file://{tmp_path / 'there'}"
    if request.param == "bucket":
        name = f"bucket{next(_NUMBERS)}"  # each test has one of its own
        url = str(request.getfixturevalue("bucket")).replace("@bucket?", f"@{name}?")
        fs.FileSystem.from_uri(f"{url}&allow_bucket_creation=true")[0].create_dir(name)
    (tmp_path / "there" / "orders").mkdir(parents=True)
    (tmp_path / "from").mkdir()
    _fill(tmp_path / "from", "parquet")
    _put(url, tmp_path / "from")
    return url


def test_a_bucket_is_a_store_like_a_folder(anywhere: str) -> None:
    store = open_store(_map("parquet"), lambda _: anywhere)
    assert store.check() == ()
    assert [row.dataset for row in store.access([ANN])] == ["customers", "orders"]
    assert sum(one.changed for one in store.erase([ANN])) == 2
    assert set(store.look([ANN]).values()) == {0}
    assert [row.dataset for row in store.access([BOB])] == ["customers", "orders", "orders"]
    assert _names(anywhere) == NAMES


_KILLED = """
import os, signal, sys
from tests.stores.test_files import ANN, _map
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore
url, number = sys.argv[1], int(sys.argv[2])
place = Place(url)
real = place._fs
class Dying:
    def __getattr__(self, name):
        found = getattr(real, name)
        if name not in ("move", "delete_file", "open_output_stream"):
            return found
        def act(*arguments, **options):
            global number
            number -= 1
            if number < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return found(*arguments, **options)
        return act
place._fs = Dying()
Place.is_local = property(lambda self: url.startswith("file"))
FileStore(_map("parquet"), place).erase([ANN])
"""


@pytest.mark.parametrize(("acts", "gone"), [(3, False), (4, True)])
def test_a_writer_killed_on_the_way_leaves_all_old_or_all_new(anywhere: str, acts: int, gone: bool) -> None:
    """Two files are staged, what decides is drafted and put in place, and they take the places of the old ones."""
    done = subprocess.run([sys.executable, "-c", _KILLED, anywhere, str(acts)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr.decode()
    found, root = fs.FileSystem.from_uri(anywhere)
    for name in NAMES:  # who reads the files themselves finds each of them whole, whatever was going on
        assert pq.read_table(f"{root}/{name}", filesystem=found).num_rows in (0, 1, 2, 3)
    store = open_store(_map("parquet"), lambda _: anywhere)
    assert set(store.look([ANN]).values()) == {0 if gone else 1}
    assert [row.dataset for row in store.access([BOB])] == ["customers", "orders", "orders"]
    assert _names(anywhere) == NAMES
    store.erase([ANN])
    assert set(store.look([ANN]).values()) == {0}


def test_who_reads_a_folder_meanwhile_never_sees_half_a_file(tmp_path: Path) -> None:
    """In a bucket that is S3's own promise; the server of these tests does not keep it."""
    _fill(tmp_path, "parquet")
    seen, stopped = set[int](), threading.Event()

    def read() -> None:
        while not stopped.is_set():
            content = (tmp_path / "customers.parquet").read_bytes()
            seen.add(pq.read_table(pa.BufferReader(content)).num_rows)

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read)
        try:
            store = _store(tmp_path, "parquet")
            store.erase([ANN])
            store.erase([BOB])
        finally:
            stopped.set()
        reading.result()
    assert seen <= {3, 2, 1}
    assert pq.read_table(tmp_path / "customers.parquet").num_rows == 1
