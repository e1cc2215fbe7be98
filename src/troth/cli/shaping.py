"""Carries out `troth fmt`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from troth.app.drills.folder import policy_texts
from troth.policy.format import formatted


def reshaped(folder: Path) -> dict[Path, str]:
    """The files whose shape would change, with their new text."""
    shaped = {Path(name): (text, formatted(name, text)) for name, text in policy_texts(folder).items()}
    return {path: after for path, (before, after) in shaped.items() if after != before}


def write(changed: Mapping[Path, str]) -> None:
    """Replace each file in one step."""
    for path, text in changed.items():
        draft = path.with_name(f".{path.name}.draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
