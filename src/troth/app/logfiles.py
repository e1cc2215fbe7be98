"""An exported log in a folder: plain files that any web server may serve."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from troth.app.application import Application
from troth.base.errors import IntegrityError, UnavailableError
from troth.journal import checkpoint as checkpoints
from troth.journal.model import Verifier
from troth.journal.reading import size as size_of
from troth.journal.service import export
from troth.journal.signing import refuse_regress
from troth.journal.tiles import CHECKPOINT_PATH

_PARTIAL = ".p"


class LogFolder:
    """Reads and writes the files of one log; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: list[Path] = []

    def read(self, path: str) -> bytes:
        """One file's content. Raises FileNotFoundError."""
        try:
            return (self._folder / path).read_bytes()
        except (NotADirectoryError, IsADirectoryError):
            raise FileNotFoundError(path) from None

    def write(self, path: str, content: bytes) -> None:
        """Put one file in its place. Raises UnavailableError `journal.cannot-write`."""
        place = self._folder / path
        draft = place.with_name(f"{place.name}.draft")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
        except OSError as error:
            why = f"`{place}` cannot be written ({error.strerror})"
            raise UnavailableError("journal.cannot-write", why, hint="make room and try again") from None
        self._written.append(place)

    @property
    def written(self) -> int:
        """How many files were written."""
        return len(self._written)

    def prune(self) -> None:
        """Take away the narrower files that full ones have replaced; only once the checkpoint no longer needs them."""
        for place in self._written:
            shutil.rmtree(place.with_name(f"{place.name}{_PARTIAL}"), ignore_errors=True)

    def checkpoint(self) -> str | None:
        """The checkpoint that lies there."""
        try:
            return self.read(CHECKPOINT_PATH).decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise IntegrityError("journal.bad-note", f"`{CHECKPOINT_PATH}` in the folder is not text") from None


def export_to(app: Application, folder: Path) -> tuple[int, int]:
    """Bring an exported log up to the latest checkpoint; returns the size it covers and how many files were written.

    Raises IntegrityError if another log lies there, or one that this journal does not continue.
    """
    files = LogFolder(folder)
    there = files.checkpoint()
    with app.begin() as work:
        since = 0
        if there is not None:
            since = checkpoints.verify(there, [Verifier.parse(key) for key in app.believed_keys]).size
            refuse_regress(work, size_of(work), there)
        covered = export(work, files.write, since=since)
    files.prune()
    return covered, files.written
