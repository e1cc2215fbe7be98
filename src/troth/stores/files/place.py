"""Where the files lie: a folder or a bucket. Replaces several of them so that a crash leaves all old or all new."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import copyfileobj
from typing import TypeVar
from urllib.parse import quote

import pyarrow as pa
from pyarrow import fs

from troth.base.errors import InputError, UnavailableError

T = TypeVar("T")

SUFFIXES = (".csv", ".jsonl", ".parquet")
_STAGE = ".troth-erasure"
_MANIFEST = f"{_STAGE}.manifest"
_AT_ONCE = 1 << 20


def told(store: str, act: Callable[[], T]) -> T:
    """What `act` returns; a failure of the disk or the network becomes UnavailableError, without what it read."""
    try:
        return act()
    except (OSError, pa.ArrowException) as error:
        failure = unavailable(store, error)
    raise failure  # out here, so that it does not carry the library's error


def unavailable(store: str, error: Exception) -> UnavailableError:
    """The error that says which store failed and how."""
    hint = "see that the folder or bucket is there and Troth may read and write it; nothing was half replaced"
    return UnavailableError("stores.unavailable", f"store `{store}` failed with {type(error).__name__}", hint=hint)


@dataclass(frozen=True)
class Stamp:
    """A file as it was seen: when it changes, its stamp does."""

    size: int
    changed: int


class Place:
    """The files under one URL: a folder's path, `file:///…` or `s3://…`."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = _opened(url)

    @property
    def is_local(self) -> bool:
        """Whether its files can be read where they lie."""
        return isinstance(self._fs, fs.LocalFileSystem)

    def files(self) -> dict[str, Stamp]:
        """Every file of a known kind, by its path inside the place. Raises OSError if the place is not there."""
        found = self._fs.get_file_info(fs.FileSelector(self._root, recursive=True))
        names = {one.path.removeprefix(self._root).lstrip("/"): one for one in found if one.type == fs.FileType.File}
        return {
            name: Stamp(one.size, one.mtime_ns or 0)
            for name, one in sorted(names.items())
            if name.endswith(SUFFIXES) and not name.startswith(_STAGE)
        }

    def fetched(self, name: str, into: Path) -> Path:
        """A path at which the file can be read: its own, or that of a private copy."""
        if self.is_local:
            return Path(self._path(name))
        copy = into / quote(name, safe="")
        with self._fs.open_input_stream(self._path(name)) as source, copy.open("wb") as target:
            copyfileobj(source, target, _AT_ONCE)
        return copy

    def replace(self, files: Mapping[str, Path]) -> None:
        """Put new files in the place of old ones: all of them, or, if it fails before the manifest, none."""
        staged = {f"{_STAGE}.{number}": name for number, name in enumerate(files)}
        for at, name in staged.items():
            with files[name].open("rb") as source, self._fs.open_output_stream(self._path(at)) as target:
                copyfileobj(source, target, _AT_ONCE)
        draft = f"{_MANIFEST}.draft"
        with self._fs.open_output_stream(self._path(draft)) as target:
            target.write(json.dumps(staged).encode())
        self._fs.move(self._path(draft), self._path(_MANIFEST))  # from here on the new files count
        self.finish()

    def finish(self) -> None:
        """Carry through what a crash interrupted; clear away what was never decided."""
        if self._is_file(_MANIFEST):
            with self._fs.open_input_stream(self._path(_MANIFEST)) as source:
                staged: dict[str, str] = json.loads(source.read())
            for at, name in staged.items():
                if self._is_file(at):
                    self._fs.move(self._path(at), self._path(name))
            self._fs.delete_file(self._path(_MANIFEST))
        for one in self._fs.get_file_info(fs.FileSelector(self._root)):
            if one.base_name.startswith(_STAGE):
                self._fs.delete_file(one.path)

    def _is_file(self, name: str) -> bool:
        return bool(self._fs.get_file_info(self._path(name)).type == fs.FileType.File)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def matching(pattern: str, names: Iterable[str]) -> tuple[str, ...]:
    """The files that a dataset's `table` means: one, or with `*` and `?` several."""
    return tuple(name for name in names if fnmatchcase(name, pattern))


def _opened(url: str) -> tuple[fs.FileSystem, str]:
    try:
        if url.startswith(("s3://", "file://")):
            found, root = fs.FileSystem.from_uri(url)
        else:
            found, root = fs.LocalFileSystem(), str(Path(url).absolute())
    except (ValueError, pa.ArrowException):
        hint = "a folder's path, `file:///folder`, or `s3://key:secret@bucket/folder?region=…`"
        raise InputError("stores.bad-url", "the store's URL cannot be read", hint=hint) from None
    return found, root.rstrip("/")
