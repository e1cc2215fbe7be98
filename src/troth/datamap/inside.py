"""Places inside a column: a key of a JSON document, each element of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEP = re.compile(r'\.(?P<key>[^."\[\]\\*\s][^."\[\]\\*]*)|\."(?P<quoted>[^"\\]+)"|(?P<each>\[\*\])')
_PLAIN = re.compile(r'[^."\[\]\\*\s][^."\[\]\\*]*')


@dataclass(frozen=True)
class Inside:
    """The keys that lead to a value; where `each`, to a list, and `then` from each of its elements to a value."""

    keys: tuple[str, ...] = ()
    each: bool = False
    then: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """As it is written in a map: `$.customer.id`, `$[*]`, `$.members[*].id`."""
        return f"${_written(self.keys)}{'[*]' if self.each else ''}{_written(self.then)}"


def _written(keys: tuple[str, ...]) -> str:
    return "".join(f".{key}" if _PLAIN.fullmatch(key) else f'."{key}"' for key in keys)


def inside(path: str) -> Inside | None:
    """The place that a path means; None if it means none, or lists in lists. What needs it is quoted: `$."a.b"`."""
    if not path.startswith("$"):
        return None
    at, each = 1, False
    parts: tuple[list[str], list[str]] = ([], [])
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or (step["each"] and each):
            return None
        if step["each"]:
            each = True
        else:
            parts[each].append(step["key"] or step["quoted"])
        at = step.end()
    return Inside(tuple(parts[0]), each, tuple(parts[1]))


def is_key(key: str) -> bool:
    """Whether a path can be written that goes through this key."""
    return key != "" and not set(key) & {'"', "\\"}
