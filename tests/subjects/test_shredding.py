"""Tries to recover a shredded person from all that is left: files, logs, free pages, proofs, PostgreSQL's folder."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.consent.people import HOW
from tests.support.application import Outbox, application
from tests.support.databases import Databases
from tests.versions.sample import policy
from troth.app.application import Application
from troth.app.build import build, vault
from troth.app.clock import SystemClock
from troth.app.database import fold_log
from troth.app.entropy import system_entropy
from troth.app.keyring.rotation import forget_master, rotate_master
from troth.app.keyring.signing import sign
from troth.app.logfiles import export_to
from troth.app.settings import read_settings
from troth.base.errors import IntegrityError, RefusedError
from troth.consent import service as consents
from troth.decision import service as decisions
from troth.decision.model import Question
from troth.journal.service import entries, verify
from troth.subjects import codes, service, tables
from troth.subjects.identifier import identifier
from troth.subjects.rotation import with_lookup_key
from troth.subjects.vault import SubjectKey
from troth.versions.service import publish

NUMBER = "19900007351"
PHONE, EMAIL = identifier("phone", NUMBER), identifier("email", "ouyang.feiyan@mail.example")
NAME = "Ouyang Feiyan 欧阳飞燕"
NEIGHBOUR = identifier("phone", "19900007352")


class Traces:
    """Everything that would give the person away, as bytes."""

    def __init__(self, app: Application, subject: str) -> None:
        with app.begin() as work:
            row = work.db.execute(sa.select(tables.subject.c.wrapped_key).where(tables.subject.c.id == subject)).one()
            self.wrapped = bytes(row.wrapped_key)
            self.key = app.vault.unwrap(self.wrapped, subject)
            self.commitment = service.commitment(work, app.vault, subject, subject)
        self.found_by = [app.vault.finder(one.kind, one.value.reveal()) for one in (PHONE, EMAIL)]

    @property
    def plain(self) -> Mapping[str, bytes]:
        """What must never have lain anywhere, not even while the person was known."""
        return {
            "phone": NUMBER.encode(),
            "e-mail": b"ouyang.feiyan",
            "name": NAME.encode(),
            "family name": "欧阳".encode(),
            "the key": self.key,
        }

    @property
    def keyed(self) -> Mapping[str, bytes]:
        """What lay there and must be gone."""
        return {"wrapped key": self.wrapped} | {f"lookup {n}": value for n, value in enumerate(self.found_by)}


def lying_in(folders: list[Path], secrets: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Which secret lies in which file; raw bytes, so that free pages and logs count."""
    hits: dict[str, set[str]] = {}
    for path in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        for name, value in secrets.items():
            if value in content or value.hex().encode() in content:
                hits.setdefault(name, set()).add(path.name)
    return hits


def live(app: Application) -> tuple[str, bytes]:
    """A person who registers, signs in, consents, is decided about, and has something sealed."""
    with app.begin() as work:
        version = publish(work, policy(), {}, by="officer@shop.example")
        service.register(work, app.vault, [NEIGHBOUR])
    with app.begin() as work:
        subject = service.register(work, app.vault, [PHONE, EMAIL])
        sealed = service.seal(work, app.vault, subject, NAME.encode(), context="name")
        codes.issue(work, app.vault, PHONE, aim="portal")
    with app.begin() as work:
        consents.accept(work, app.vault, version, subject, documents=("policy",), **HOW)
        consents.give(work, app.vault, version, subject, "push", grade="explicit", **HOW)
        item = min(version.policy.items)
        purpose = min(version.policy.purposes)
        decisions.decide(work, app.vault, version, subject, Question(purpose=purpose, item=item))
    sign(app)
    return subject, sealed


def shred(app: Application, subject: str) -> None:
    with app.begin() as work:
        service.shred(work, app.vault, subject)
    sign(app)
    fold_log(app.engine)


def checked(app: Application, subject: str, sealed: bytes, traces: Traces, export: Path) -> None:
    """The log still verifies, and nothing links it, or what was sealed, to the person."""
    export_to(app, export)
    with app.begin() as work:
        verify(work, app.believed_keys)
        assert service.find(work, app.vault, PHONE) is None
        with pytest.raises(RefusedError):
            service.unseal(work, app.vault, subject, sealed, context="name")
        leaves = b"".join(entry.leaf for entry in entries(work, 0, 999))
    assert subject.encode() not in leaves
    assert traces.commitment.encode() in leaves  # it stays, and is a hash under a key that nobody has
    assert not lying_in([export], {"subject": subject.encode(), **traces.plain, **traces.keyed})


def test_nothing_of_a_shredded_person_is_left_in_sqlites_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    home = tmp_path / "home"
    app = build(read_settings(home=home))
    subject, sealed = live(app)
    traces = Traces(app, subject)
    assert not lying_in([home], traces.plain)
    assert lying_in([home], traces.keyed).keys() == traces.keyed.keys()  # the search does find what is there
    shred(app, subject)
    assert not lying_in([home], {**traces.plain, **traces.keyed})
    checked(app, subject, sealed, traces, tmp_path / "export")
    app.engine.dispose()
    assert not lying_in([home], {**traces.plain, **traces.keyed})
    said = caplog.text + "".join(capsys.readouterr())
    assert not [name for name, value in traces.plain.items() if value.decode(errors="replace") in said]


def test_shredding_is_one_transaction(tmp_path: Path) -> None:
    """Either everything is gone or nothing, whichever statement fails."""
    app = build(read_settings(home=tmp_path / "home"))
    subject, sealed = live(app)
    statements: list[str] = []
    sa.event.listen(app.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with app.begin() as work:
        savepoint = work.db.begin_nested()
        service.shred(work, app.vault, subject)
        savepoint.rollback()
    writes = [text for text in statements if text.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(writes) >= 4
    for failing in range(len(writes)):
        _fails_at(app, subject, failing)
        with app.begin() as work:
            assert service.find(work, app.vault, PHONE) == subject
            assert service.unseal(work, app.vault, subject, sealed, context="name") == NAME.encode()
    app.engine.dispose()


def _fails_at(app: Application, subject: str, number: int) -> None:
    seen = 0

    def cut(*given: object) -> None:
        nonlocal seen
        if str(given[2]).startswith(("INSERT", "UPDATE", "DELETE")):
            seen += 1
            if seen > number:
                raise KeyboardInterrupt

    sa.event.listen(app.engine, "before_cursor_execute", cut)
    with pytest.raises(KeyboardInterrupt), app.begin() as work:
        service.shred(work, app.vault, subject)
    sa.event.remove(app.engine, "before_cursor_execute", cut)


def installed(engine: sa.Engine, home: Path) -> Application:
    """An application with key files of its own on a database that is there."""
    home.mkdir(exist_ok=True)
    app = application(engine, home, SystemClock(), system_entropy, Outbox())
    with app.begin() as work:
        return replace(app, vault=with_lookup_key(work, vault(app.settings)))


def folder_of(engine: sa.Engine) -> Path:
    """PostgreSQL's own folder."""
    with engine.begin() as connection:
        return Path(str(connection.exec_driver_sql("SHOW data_directory").scalar()))


def test_what_postgresql_keeps_of_a_shredded_person_is_worth_nothing_after_the_master_key_changed(
    databases: Databases, tmp_path: Path
) -> None:
    server = databases.server()
    home = tmp_path / "home"
    for engine in databases.postgresql():
        data, app = folder_of(engine), installed(engine, home)
        subject, sealed = live(app)
        traces = Traces(app, subject)
        shred(app, subject)
        server.execute("CHECKPOINT")
        checked(app, subject, sealed, traces, tmp_path / "export")
        found = lying_in([data, home], {**traces.plain, **traces.keyed})
        assert not found.keys() & traces.plain.keys()
        # The write-ahead log keeps the wrapped key for a while: with the master key of the day it opens …
        assert found["wrapped key"]
        assert app.vault.unwrap(traces.wrapped, subject) == traces.key
        rotate_master(app, lambda _done: None)
        forget_master(installed(engine, home))
        later = installed(engine, home)
        with pytest.raises(IntegrityError) as raised:  # … and never again once that is gone
            later.vault.unwrap(traces.wrapped, subject)
        assert raised.value.code == "subjects.unknown-master-key"
        assert SubjectKey(subject, traces.key).unseal(sealed, "name") == NAME.encode()  # it was the key all the time


@pytest.mark.parametrize("which", [0, 7, 59])
def test_a_full_vacuum_takes_a_shredded_persons_keys_out_of_postgresqls_tables(
    databases: Databases, tmp_path: Path, which: int
) -> None:
    server = databases.server()
    for engine in databases.postgresql():
        data, app = folder_of(engine), installed(engine, tmp_path / "home")
        with app.begin() as work:
            known = [service.register(work, app.vault, [identifier("account", f"a{n}")]) for n in range(60)]
            c = tables.subject.c
            wrapped = bytes(work.db.scalar(sa.select(c.wrapped_key).where(c.id == known[which])) or b"")
        server.execute("CHECKPOINT")
        base = data / "base"
        assert lying_in([base], {"wrapped": wrapped})
        shred(app, known[which])
        server.execute("CHECKPOINT")
        found_by = app.vault.finder("account", f"a{which}")
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM FULL subject, subject_identifier, subject_code")  # as the page says
        server.execute("CHECKPOINT")
        assert not lying_in([base], {"wrapped": wrapped, "lookup": found_by})
