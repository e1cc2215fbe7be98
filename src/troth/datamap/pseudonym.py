"""Names that stand for values: the same value of a store always gets the same one, and nobody gets back from it.

A pseudonym is `p-`, 24 digits of a keyed hash of the value, and 8 digits of a keyed hash of those 24. By the last
eight Troth knows its own: erasing again leaves them alone, and nobody without the key can write a value that looks
like one. The hash is HMAC-SHA-256 (RFC 2104), so that each database can compute it from its own SHA-256.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from troth.base.sensitive import Sensitive
from troth.datamap.spelling import Made, spelt
from troth.datamap.sql import Condition

LENGTH = 34
"""Characters of a pseudonym."""

SQLITE_FUNCTION = "troth_hash"
"""The function of three texts that SQLite is lent while a store is open."""

_MARK, _NAME, _CHECK = "p-", 24, 8
_BLOCK = 64  # bytes that SHA-256 takes at once


def store_key(store: str, secret: str) -> Sensitive[bytes]:
    """The key of one store, so that one secret in two stores does not make their pseudonyms agree."""
    return Sensitive(sha256(b"\0".join((b"troth pseudonyms", store.encode(), secret.encode()))).digest())


def pseudonym(column: sa.ColumnElement[Any], key: Sensitive[bytes]) -> sa.ColumnElement[Any]:
    """The pseudonym of what stands in a column of texts."""
    name = _part(_hash(key, "value:", column), 1, _NAME)
    return _whole(name, key)


def is_pseudonym(column: sa.ColumnElement[Any], key: Sensitive[bytes]) -> Condition:
    """The column holds a pseudonym that was made with this key."""
    name = _part(column, len(_MARK) + 1, _NAME)
    return sa.and_(sa.func.length(column) == LENGTH, column == _whole(name, key))


def hashed(inner: str, outer: str, message: str) -> str:
    """The hash in plain Python, for the database that has none."""
    within = sha256(bytes.fromhex(inner) + message.encode()).digest()
    return sha256(bytes.fromhex(outer) + within).hexdigest()


def _whole(name: sa.ColumnElement[Any], key: Sensitive[bytes]) -> sa.ColumnElement[Any]:
    return sa.literal(_MARK) + name + _part(_hash(key, "name:", name), 1, _CHECK)


def _part(text: sa.ColumnElement[Any], begin: int, length: int) -> sa.ColumnElement[Any]:
    return sa.func.substr(text, begin, length, type_=sa.Text())


def _hash(key: Sensitive[bytes], kind: str, message: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return _Hash(
        sa.literal(_pad(key, 0x36)),
        sa.literal(_pad(key, 0x5C)),
        sa.literal(kind) + sa.cast(message, sa.Text),
        type_=sa.Text(),
    )


def _pad(key: Sensitive[bytes], mask: int) -> str:
    return bytes(one ^ mask for one in key.reveal().ljust(_BLOCK, b"\0")).hex()


class _Hash(Made):
    """HMAC-SHA-256 in hexadecimal digits, of the two padded keys (in hexadecimal) and a text."""

    inherit_cache = True


spelt(
    _Hash,
    sqlite=f"{SQLITE_FUNCTION}({{0}}, {{1}}, {{2}})",
    postgresql="encode(sha256(decode({1}, 'hex') || sha256(decode({0}, 'hex') || convert_to({2}, 'UTF8'))), 'hex')",
    mariadb="CONVERT(SHA2(CONCAT(UNHEX({1}), UNHEX(SHA2(CONCAT(UNHEX({0}), "
    "CAST(CONVERT({2} USING utf8mb4) AS BINARY)), 256))), 256) USING utf8mb4)",
    duckdb="sha256(unhex({1}) || unhex(sha256(unhex({0}) || encode({2}))))",
)
