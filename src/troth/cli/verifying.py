"""Carries out `troth journal verify` on the own database, on exported files, and on a proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from troth.app.keyring.signing import sign
from troth.app.logfiles import LogFolder
from troth.base.errors import InputError
from troth.cli.session import opened
from troth.journal import proof as proofs
from troth.journal.cosignature import Witness
from troth.journal.model import Verifier
from troth.journal.service import latest_checkpoint
from troth.journal.service import verify as verify_log
from troth.journal.verify import verify_export

Told = tuple[Mapping[str, Any], str]


@dataclass(frozen=True)
class Demand:
    """Whose signatures are demanded: the log's keys, and so many of the witnesses (None: all of them)."""

    keys: tuple[str, ...]
    witnesses: tuple[str, ...]
    least: int | None

    @property
    def quorum(self) -> int:
        """How many cosignatures there must be."""
        return len(self.witnesses) if self.least is None else self.least


def own(demand: Demand) -> Told:
    """The journal in the own database; what was signed with the keys of this installation is believed."""
    troth = opened()
    sign(troth)
    with troth.begin() as work:
        found = verify_log(work, (*troth.believed_keys, *demand.keys), demand.witnesses, demand.quorum)
        note = latest_checkpoint(work)
    value = {
        "size": found.size,
        "checkpoints": found.checkpoints,
        "key": troth.signer.vkey,
        "checkpoint": note,
    }
    line = f"{found.size} entries verify up to the signed checkpoint; {found.checkpoints} checkpoints, none regressed"
    return value, line


def folder(path: Path, demand: Demand, seen: Path | None) -> Told:
    """Exported files, and nothing but them."""
    _need_keys(demand)
    before = None if seen is None else _text(seen)
    found = verify_export(LogFolder(path).read, demand.keys, demand.witnesses, demand.quorum, seen=before)
    return {"size": found.size}, f"{found.size} entries verify up to the signed checkpoint"


def proof(path: Path, demand: Demand) -> Told:
    """A proof of one entry."""
    _need_keys(demand)
    given = proofs.parse(_text(path))
    witnesses = [Witness.parse(each) for each in demand.witnesses]
    proofs.check(given, [Verifier.parse(each) for each in demand.keys], witnesses, demand.quorum)
    leaf = given.leaf.decode(errors="replace")
    return {"entry": given.index, "leaf": leaf}, f"entry {given.index} is in the log: {leaf}"


def _need_keys(demand: Demand) -> None:
    if not demand.keys:
        hint = "get it from whoever runs the log, not from the files: `--key NAME+ID+KEY`"
        raise InputError("journal.no-key", "the log's verifier string is not given", hint=hint)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("journal.no-such-file", f"`{path}` is not there") from None
    except UnicodeDecodeError:
        raise InputError("journal.no-such-file", f"`{path}` is not text") from None
