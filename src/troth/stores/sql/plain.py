"""A driver's values as JSON can say them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from troth.stores.model import Plain

# As tuples, for a union would be made anew for each of a million values.
_AS_IT_IS, _TIMES, _BYTES = (bool, str), (datetime, date, time), (bytes, bytearray, memoryview)
_EXACT = 2**53  # beyond it JSON readers lose digits
_PLAIN = frozenset((str, bool, type(None)))


def plain(value: object) -> Plain:
    """Instants in ISO 8601, exact numbers and large whole ones as digits, bytes in base64, other things as text."""
    if value is None or isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, _TIMES):
        return value.isoformat()
    if isinstance(value, _BYTES):
        return base64.b64encode(bytes(value)).decode()
    return str(value)


def plain_column(values: Sequence[Any]) -> Sequence[Plain]:
    """Each of them as JSON can say it; what all are already is left as it is."""
    kinds = set(map(type, values))
    if kinds <= _PLAIN or (kinds == {int} and min(values) >= -_EXACT and max(values) <= _EXACT):
        return values
    return list(map(plain, values))
