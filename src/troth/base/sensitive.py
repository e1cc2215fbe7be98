"""A value that never shows itself by accident: printing, formatting or logging it gives a mask."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

MASK = "•••"


class Sensitive(Generic[T]):
    """Holds personal data; `reveal()` is the only way out, so that every use can be found by name."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself. Never pass the result to a log, an error or a URL."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a sensitive value is not pickled; seal it with the subject's key")
