"""Changes the keys of a running installation; each may be killed at any point and run again.

A master key is changed by writing a new one before the old in `master.key`, and then bringing every wrapped key under
it. The journal's key is changed by journalling the change under the old key, and then putting the new in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from troth.app.application import Application
from troth.app.build import key_service, vault
from troth.app.keyring import keys
from troth.app.keyring.signing import remembered, sign
from troth.app.settings import Settings
from troth.base.canonical import digest
from troth.base.errors import RefusedError
from troth.base.work import Work
from troth.journal import tables
from troth.journal.model import Signer
from troth.journal.service import append, checkpoint
from troth.subjects.rotation import rewrap, with_lookup_key, wrapped_under
from troth.subjects.vault import master_id

BATCH = 1000  # keys in one transaction
_ROTATED = "journal.key-rotated"


@dataclass(frozen=True)
class Rotation:
    """What a change of the master key came to: today's key, and how many keys were brought under it."""

    master: str
    rewrapped: int


def rotate_master(app: Application, told: Callable[[int], None]) -> Rotation:
    """Bring all wrapped keys under a new master key; `told` hears how many are done.

    A run that was interrupted is carried on: a new key is made only when everything lies under today's. Master keys
    from the environment are the operator's to change: put the new one first, the old after it, and run this.
    """
    if not _given(app.settings) and not _elsewhere(app):
        _add_master(app)
        with app.begin() as work:
            app = replace(app, vault=with_lookup_key(work, vault(app.settings)))
    done = 0
    while some := _batch(app):
        done += some
        told(done)
    return Rotation(app.vault.current, done)


def forget_master(app: Application) -> tuple[str, ...]:
    """Take master keys that nothing is wrapped under any more out of `master.key`; returns their ids.

    What lies in older backups under them can never be opened again: that is what it is for.
    """
    _refuse_given(app.settings)
    path, service = app.settings.home / "master.key", key_service(app.settings)
    with app.begin() as work:
        used = {app.vault.current, *wrapped_under(work)}
    lines = keys.read_secret(path).splitlines()
    masters = keys.master_keys("", path, app.entropy, service)
    held = dict(zip(lines, map(master_id, masters), strict=True))
    keys.replace(path, "\n".join(line for line in lines if held[line] in used))
    return tuple(master for master in held.values() if master not in used)


def master_use(app: Application) -> Mapping[str, int]:
    """How many keys are wrapped under each master key, today's first."""
    with app.begin() as work:
        return {app.vault.current: 0} | dict(wrapped_under(work))


def rotate_signing(app: Application) -> Signer:
    """Let a new key sign the journal; what the old one signed stays believed. Returns the new signer.

    The old key signs an entry that names the new one, so that whoever trusts the old may follow.
    """
    if app.settings.signing_key.get_secret_value():
        raise _given_by_environment("the signing key", "TROTH_JOURNAL_OLD_KEYS names the old verifier string then")
    home = app.settings.home
    coming = home / "journal.key.next"
    seed = keys.root_key("", coming, app.entropy)  # the one of an interrupted run, if there was one
    new = Signer.from_seed(app.signer.origin, seed)
    with app.begin() as work:
        _tell(work, app.signer, new)
        checkpoint(work, app.signer, seen=remembered(home))
    keys.believe(home, [app.signer.vkey, new.vkey])
    coming.replace(home / "journal.key")
    sign(replace(app, signer=new))
    return new


def _tell(work: Work, old: Signer, new: Signer) -> None:
    refs = {"old": digest(old.vkey), "new": digest(new.vkey)}
    query = sa.select(tables.entry.c.leaf).where(tables.entry.c.kind == _ROTATED)
    last = work.db.scalar(query.order_by(tables.entry.c.number.desc()).limit(1))
    if last is None or json.loads(bytes(last))["refs"] != refs:
        append(work, _ROTATED, refs)


def _batch(app: Application) -> int:
    with app.begin() as work:
        return rewrap(work, app.vault, BATCH)


def _elsewhere(app: Application) -> bool:
    """Whether something still lies under another master key than today's."""
    with app.begin() as work:
        return bool(wrapped_under(work).keys() - {app.vault.current})


def _add_master(app: Application) -> None:
    path = app.settings.home / "master.key"
    line = keys.new_master(app.entropy, key_service(app.settings))
    keys.replace(path, f"{line}\n{keys.read_secret(path).strip()}")


def _given(settings: Settings) -> bool:
    return bool(settings.master_key.get_secret_value())


def _refuse_given(settings: Settings) -> None:
    if _given(settings):
        raise _given_by_environment("the master key", "take the old one out of TROTH_MASTER_KEY")


def _given_by_environment(what: str, hint: str) -> RefusedError:
    return RefusedError(
        "keys.given-by-environment", f"{what} comes from the environment", hint=f"change it there; {hint}"
    )
