"""The closed list of controls: what can keep a promise. A rehearsal shows that it does, or what it does instead."""

from __future__ import annotations

from collections.abc import Mapping

from troth.drill.controls import (
    account,
    audience,
    choice,
    limits,
    planned,
    proof,
    purpose,
    registration,
    request,
    right,
    staff,
    text,
    version,
)
from troth.drill.controls.model import Control

CONTROLS: Mapping[str, Control] = {
    control.name: control
    for module in (
        text,
        version,
        registration,
        choice,
        limits,
        purpose,
        request,
        right,
        proof,
        staff,
        account,
        audience,
        planned,
    )
    for control in module.CONTROLS
}
"""All controls by name."""

__all__ = ["CONTROLS", "Control"]
