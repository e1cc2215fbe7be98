"""Signs the journal, and remembers outside the database what was signed.

A database that lost its end, by a restored backup or a cut log, may look sound by itself. The file beside the keys
holds the last checkpoint that was committed: what contradicts it is never signed.
"""

from __future__ import annotations

import os
from pathlib import Path

from troth.app.application import Application
from troth.base.errors import InputError
from troth.journal import checkpoint as checkpoints
from troth.journal.service import checkpoint

_FILE = "journal.checkpoint"


def sign(app: Application) -> str:
    """The journal's checkpoint as it stands now; remembered once it is committed.

    Raises IntegrityError `journal.regressed` if the journal lost entries that were signed before.
    """
    home = app.settings.home
    with app.begin() as work:
        signed = checkpoint(work, app.signer, seen=remembered(home))
    _remember(home, signed)
    return signed


def remembered(home: Path) -> str | None:
    """The checkpoint that was signed last, as the file says; None before the first."""
    try:
        return (home / _FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise InputError(
            "journal.bad-memory", f"`{home / _FILE}` is not text", hint="restore it from a backup"
        ) from None


def _remember(home: Path, signed: str) -> None:
    before = remembered(home)
    if before is not None and checkpoints.read(before).size > checkpoints.read(signed).size:
        return  # another process signed more in the meantime
    place = home / _FILE
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(signed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)
