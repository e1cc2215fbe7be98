"""Whether a value is what somebody is called: a Chinese name, or one in Latin letters."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LATIN = re.compile(r"[A-Z][a-z'’-]+( [A-Z]\.?)?( [A-Z][A-Za-z'’-]+){0,2}")
_LONGEST_GIVEN = 2  # characters after a surname


class _Names(NamedTuple):
    surnames: frozenset[str]
    compound: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]


@cache
def _names() -> _Names:
    text = (files("troth.datamap.scan") / "names.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return _Names(
        frozenset(found["zh_surnames"]),
        frozenset(found["zh_compound"]),
        frozenset(found["en_given"].split()),
        frozenset(found["en_surnames"].split()),
    )


def is_name(value: str) -> bool:
    """Whether it begins like a Chinese name and is as long as one, or holds a usual English given name or surname."""
    known, value = _names(), value.strip()
    if _HAN.fullmatch(value):
        is_compound = value[:2] in known.compound
        given = value[2:] if is_compound else value[1:]
        return (is_compound or value[0] in known.surnames) and 1 <= len(given) <= _LONGEST_GIVEN
    if not _LATIN.fullmatch(value):
        return False
    first, *others = value.lower().split()
    return first in known.given or (bool(others) and others[-1] in known.family)
