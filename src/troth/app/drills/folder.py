"""A policy's folder as its author keeps it.

::

    policy.yaml …   the policy; split over as many files as one likes
    map/*.yaml      data maps, one a store
    promises.yaml   promises tied to clauses and controls, for the drills
    sample/         schema.sql and sample.yaml: the company on which drills rehearse
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from troth.base.errors import InputError
from troth.datamap.model import StoreMap
from troth.datamap.read import parse as parse_maps
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy

_BESIDE_THE_POLICY = frozenset({"promises.yaml", "findings.yaml"})


@dataclass(frozen=True)
class Folder:
    """What a folder says, read and checked."""

    policy: Policy
    maps: Mapping[str, StoreMap]

    @property
    def map_values(self) -> dict[str, object]:
        """The data maps as plain values, as a version keeps them."""
        return {name: dict(found.value) for name, found in self.maps.items()}


def read_folder(folder: Path) -> Folder:
    """Read the policy and its data maps.

    Raises:
        InputError: the folder or a file in it cannot be read; carries every problem with its position.
    """
    policy = parse_policy(policy_texts(folder))
    maps = folder / "map"
    return Folder(policy, parse_maps(_text_files(maps)) if maps.is_dir() else {})


def policy_texts(folder: Path) -> dict[str, str]:
    """The files of the policy itself, by path.

    Raises:
        InputError: the folder or a file in it cannot be read.
    """
    return {path: text for path, text in _text_files(folder).items() if Path(path).name not in _BESIDE_THE_POLICY}


def read_text(path: Path) -> str:
    """One file of the folder.

    Raises:
        InputError: it is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            "folder.missing-file", f"`{path}` is missing", hint="see the page on a policy's folder"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            "folder.not-utf-8", f"`{path}` is not UTF-8 (byte {error.start})", hint="save it as UTF-8"
        ) from None


def _text_files(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise InputError("folder.missing", f"`{folder}` is not a folder", hint="name the folder that holds policy.yaml")
    return {str(path): read_text(path) for path in sorted(folder.glob("*.yaml"))}
