"""Keys of a whole installation that change, also under a kill."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.app.transit import Transit, served
from troth.app.application import Application
from troth.app.build import build
from troth.app.keyring import rotation
from troth.app.keyring.keys import create, read_secret, verifiers
from troth.app.keyring.signing import sign
from troth.app.settings import read_settings
from troth.base.errors import InputError, IntegrityError, RefusedError, UnavailableError
from troth.journal import tables as journal_tables
from troth.journal.model import Signer
from troth.journal.service import append, entries, verify
from troth.subjects import service, tables
from troth.subjects.identifier import identifier
from troth.subjects.rotation import wrapped_under
from troth.subjects.vault import master_id

PHONE = identifier("phone", "19900000001")


def installation(home: Path, **given: Any) -> Application:
    return build(read_settings(home=home, **given))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> Iterator[Application]:
    made = installation(home)
    yield made
    made.engine.dispose()


def test_a_new_master_key_takes_over_and_the_old_is_forgotten(app: Application, home: Path) -> None:
    with app.begin() as work:
        subject = service.register(work, app.vault, [PHONE])
        sealed = service.seal(work, app.vault, subject, b"mine", context="c")
    before = app.vault.current
    done = rotation.rotate_master(app, lambda _done: None)
    assert done.master != before
    assert done.rewrapped == 2  # the person's and the lookup key
    assert len(read_secret(home / "master.key").splitlines()) == 2
    assert rotation.forget_master(installation(home)) == (before,)
    assert len(read_secret(home / "master.key").splitlines()) == 1
    assert (home / "master.key").stat().st_mode & 0o777 == 0o600
    after = installation(home)
    with after.begin() as work:
        assert service.find(work, after.vault, PHONE) == subject
        assert service.unseal(work, after.vault, subject, sealed, context="c") == b"mine"
    assert rotation.forget_master(after) == ()
    with app.begin() as work:  # the server that has been running all the time
        assert service.unseal(work, app.vault, subject, sealed, context="c") == b"mine"


_KILLED = """
import os, signal, sys
from pathlib import Path
from troth.app.build import build
from troth.app.keyring.rotation import rotate_master
from troth.app.settings import read_settings
rotate_master(build(read_settings(home=Path(sys.argv[1]))), lambda done: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_rotation_that_is_killed_is_carried_on_under_the_same_key(app: Application, home: Path) -> None:
    with app.begin() as work:
        subject = service.register(work, app.vault, [PHONE])
        names = [f"sub-{number}" for number in range(2 * rotation.BATCH)]
        rows = [
            {"id": name, "wrapped_key": app.vault.wrap(bytes(32), name, app.entropy), "registered_at": work.at}
            for name in names
        ]
        work.db.execute(tables.subject.insert(), rows)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(home)], check=False)
    assert killed.returncode == -9
    halfway = installation(home)
    assert halfway.vault.current != app.vault.current
    used = rotation.master_use(halfway)
    assert set(used) == {halfway.vault.current, app.vault.current}
    assert all(used.values())
    with halfway.begin() as work:
        assert service.find(work, halfway.vault, PHONE) == subject
    with pytest.raises(IntegrityError) as raised:
        _open_everything(replace(halfway, vault=type(app.vault)(b"x" * 32)), names)
    assert raised.value.code == "subjects.unknown-master-key"
    _open_everything(halfway, names)
    done = rotation.rotate_master(halfway, lambda _done: None)
    assert done.master == halfway.vault.current
    assert rotation.master_use(halfway) == {done.master: 2 * rotation.BATCH + 2}
    _open_everything(installation(home), names)


def _open_everything(app: Application, names: list[str]) -> None:
    with app.begin() as work:
        for row in work.db.execute(sa.select(tables.subject.c.id, tables.subject.c.wrapped_key)):
            assert row.id not in names or app.vault.unwrap(bytes(row.wrapped_key), row.id) == bytes(32)


def test_master_keys_of_the_environment_are_only_brought_to_use(home: Path) -> None:
    old, new = (base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2))
    before = installation(home, master_key=old)
    with before.begin() as work:
        service.register(work, before.vault, [PHONE])
    assert not (home / "master.key").exists()
    both = installation(home, master_key=f"{new},{old}")
    assert rotation.rotate_master(both, lambda _done: None) == rotation.Rotation(master_id(bytes([2] * 32)), 2)
    assert rotation.rotate_master(both, lambda _done: None).rewrapped == 0
    with pytest.raises(RefusedError) as raised:
        rotation.forget_master(both)
    assert raised.value.code == "keys.given-by-environment"
    after = installation(home, master_key=new)
    with after.begin() as work:
        assert service.find(work, after.vault, PHONE)
    with pytest.raises(IntegrityError):
        installation(home, master_key=old)


def test_the_journals_key_rotates_and_what_the_old_one_signed_verifies(app: Application, home: Path) -> None:
    with app.begin() as work:
        append(work, "a.b", {})
    first = sign(app)
    new = rotation.rotate_signing(app)
    assert new.vkey != app.signer.vkey
    after = installation(home)
    assert after.signer.vkey == new.vkey
    assert set(after.believed_keys) == {new.vkey, app.signer.vkey}
    with after.begin() as work:
        append(work, "a.b", {})
    assert sign(after) != first
    with after.begin() as work:
        assert verify(work, after.believed_keys).checkpoints == 4
        with pytest.raises(IntegrityError):
            verify(work, [new.vkey])
        (told,) = [one for one in entries(work, 0, 9) if one.kind == "journal.key-rotated"]
    assert new.vkey.encode() not in told.leaf
    again = rotation.rotate_signing(after)
    assert set(verifiers(home)) == {app.signer.vkey, new.vkey, again.vkey}
    with app.begin() as work:  # the server that has been running all the time
        verify(work, app.believed_keys)


def test_a_rotation_of_the_journals_key_takes_the_key_that_an_interrupted_one_made(
    app: Application, home: Path
) -> None:
    create(home / "journal.key.next", base64.b64encode(b"n" * 32).decode())
    assert rotation.rotate_signing(app).vkey == Signer.from_seed(app.signer.origin, b"n" * 32).vkey


@pytest.mark.parametrize("believed", [False, True])
def test_a_rotation_of_the_journals_key_that_is_interrupted_is_carried_on(
    app: Application, home: Path, believed: bool
) -> None:
    """The entry is written; the files are left as a kill before or after the verifier strings leaves them."""
    first = read_secret(home / "journal.key")
    second = rotation.rotate_signing(app)
    (home / "journal.key").rename(home / "journal.key.next")
    create(home / "journal.key", first.strip())
    if not believed:
        (home / "journal.keys").unlink()
    with app.begin() as work:  # the checkpoint of the new key was never made
        last = sa.select(sa.func.max(journal_tables.checkpoint.c.number)).scalar_subquery()
        work.db.execute(journal_tables.checkpoint.delete().where(journal_tables.checkpoint.c.number == last))
    resumed = installation(home)
    assert resumed.signer.vkey == app.signer.vkey
    sign(resumed)
    assert rotation.rotate_signing(resumed).vkey == second.vkey
    after = installation(home)
    assert after.signer.vkey == second.vkey
    assert not (home / "journal.key.next").exists()
    with after.begin() as work:
        verify(work, after.believed_keys)
        assert len([one for one in entries(work, 0, 99) if one.kind == "journal.key-rotated"]) == 1


def test_a_signing_key_of_the_environment_is_the_operators_to_change(home: Path) -> None:
    made = installation(home, signing_key=base64.b64encode(bytes(32)).decode())
    with pytest.raises(RefusedError, match="comes from the environment"):
        rotation.rotate_signing(made)


def test_a_key_service_wraps_the_master_key_and_never_sees_more(home: Path) -> None:
    transit = Transit()
    transit.rotate("troth")
    with served(transit) as url:
        given = {"kms_url": url, "kms_token": transit.token}
        made = installation(home, **given)
        assert read_secret(home / "master.key").startswith("kms:vault:v1:")
        with made.begin() as work:
            subject = service.register(work, made.vault, [PHONE])
        transit.rotate("troth")
        calls = len(transit.seen)
        again = installation(home, **given)
        with again.begin() as work:
            assert service.identifiers(work, again.vault, subject) == (PHONE,)
        assert transit.seen[calls:] == ["/v1/transit/decrypt/troth"]  # once, at the start
        rotation.rotate_master(again, lambda _done: None)
        lines = read_secret(home / "master.key").splitlines()
        assert [line.split(":")[2] for line in lines] == ["v2", "v1"]
        assert len(rotation.forget_master(installation(home, **given))) == 1
        last = installation(home, **given)
        with last.begin() as work:
            assert set(wrapped_under(work)) == {last.vault.current}
            assert service.identifiers(work, last.vault, subject) == (PHONE,)


def test_a_key_service_that_does_not_help_is_named(home: Path) -> None:
    transit = Transit()
    transit.rotate("troth")
    with served(transit) as url:
        given = {"kms_url": url, "kms_token": transit.token}
        installation(home, **given)
        for change, code in (
            ({"kms_token": "s.wrong"}, "keys.kms-unavailable"),
            ({"kms_url": "http://127.0.0.1:1"}, "keys.kms-unavailable"),
            ({"kms_key": "other"}, "keys.kms-refused"),
        ):
            with pytest.raises((IntegrityError, UnavailableError)) as raised:
                installation(home, **(given | change))
            assert raised.value.code == code
        transit.sealed = True
        with pytest.raises(UnavailableError):
            installation(home, **given)
        transit.sealed = False
        with pytest.raises(InputError) as wrong:
            installation(home)
        assert wrong.value.code == "keys.no-service"
        (home / "master.key").write_text(f"kms:vault:v1:{base64.b64encode(bytes(60)).decode()}\n")
        with pytest.raises(IntegrityError) as refused:
            installation(home, **given)
        assert refused.value.code == "keys.kms-refused"
