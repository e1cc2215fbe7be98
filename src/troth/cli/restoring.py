"""Carries out what `troth restore replay` was asked."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from troth.base.errors import InputError
from troth.cli.session import opened
from troth.requests.exchange.restoring import Replayed, Restore, replay
from troth.requests.exchange.tombstones import Tombstone, tombstone
from troth.versions.service import current


def replayed(
    taken_at: datetime, only: tuple[str, ...], kept: Path | None, policy: str | None, *, dry: bool
) -> tuple[Replayed, ...]:
    """What came of each store."""
    app = opened()
    with app.begin() as work:
        version = current(work, policy)
    found = Restore(app.begin, app.vault, app.stores, version, taken_at, _read(kept) if kept else ())
    return replay(found, only, dry=dry)


def _read(path: Path) -> tuple[Tombstone, ...]:
    try:
        return tuple(tombstone(one) for one in json.loads(path.read_text("utf-8"))["tombstones"])
    except (OSError, ValueError, KeyError, TypeError):
        hint = "use the file that `troth restore list --json` wrote"
        raise InputError("restore.bad-list", f"`{path.name}` is no list of tombstones", hint=hint) from None
