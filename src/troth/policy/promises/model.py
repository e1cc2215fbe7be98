"""What a derived promise is."""

from __future__ import annotations

from dataclasses import dataclass

from troth.base.text import Text


@dataclass(frozen=True)
class Derived:
    """One promise, made by one clause: `says` it in plain words, `control` names what can keep it.

    `control` is a name of the drill's list of controls, or None where only people can keep such a promise.
    """

    clause: str
    topic: str
    says: Text
    control: str | None = None
