"""How far the story has come. Written after every act, so that a killed story goes on where it stopped."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class State:
    """`held` counts the acts that are over; `kept` is what later acts need of earlier ones: ids, no personal data."""

    held: int = 0
    kept: dict[str, str] = field(default_factory=dict)


def load(path: Path) -> State:
    """The state that was saved last; a fresh one if there is none."""
    return State(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else State()


def save(path: Path, state: State) -> None:
    """Replace the saved state in one step: a kill leaves the old one or the new one."""
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(state), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
