"""What a drill needs of a policy's folder: a sample company, and promises tied to controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from troth.app.drills.folder import read_text
from troth.drill.model import Promise
from troth.drill.read import parse as parse_promises
from troth.policy.model import Policy
from troth.policy.yaml_reader import plain
from troth.policy.yaml_reader import read as read_yaml

_PROMISES = "promises.yaml"


@dataclass(frozen=True)
class Sample:
    """The company on which promises are rehearsed: its tables as SQL, and what its rows look like."""

    schema: str
    spec: Mapping[str, Any]


def read_sample(folder: Path) -> Sample:
    """The sample company of a policy's folder.

    Raises:
        InputError: it has none.
    """
    home = folder / "sample"
    spec = home / "sample.yaml"
    value = plain(read_yaml(str(spec), read_text(spec)))
    assert isinstance(value, dict)
    return Sample(read_text(home / "schema.sql"), value)


def has_promises(folder: Path) -> bool:
    """Whether the folder ties promises to controls."""
    return (folder / _PROMISES).exists()


def read_promises(folder: Path, policy: Policy) -> tuple[Promise, ...]:
    """The promises that the folder ties to controls.

    Raises:
        InputError: there is no `promises.yaml`, or it does not fit the policy.
    """
    path = folder / _PROMISES
    return parse_promises(str(path), read_text(path), policy)
