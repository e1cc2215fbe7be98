"""A driver's values as JSON can say them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite

from troth.stores.model import Plain

# As tuples, for a union would be made anew for each of a million values.
_AS_IT_IS, _TIMES, _BYTES, _NESTED = (bool, str), (date, time), (bytes, bytearray, memoryview), (dict, list)
_EXACT = 2**53  # beyond it JSON readers lose digits


def plain(value: object) -> Plain:
    """Instants in ISO 8601, in UTC where they are instants indeed; exact numbers and large whole ones as digits; bytes
    in base64; lists and objects as the text of their JSON; other things as text.
    """
    if value is None or isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, _BYTES):
        return base64.b64encode(bytes(value)).decode()
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)
    if isinstance(value, _TIMES):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False, default=plain) if isinstance(value, _NESTED) else str(value)
