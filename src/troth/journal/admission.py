"""What may become a leaf. The log keeps everything for ever, so this is where personal data is kept out.

A leaf holds a kind, an instant and references: short strings of a narrow alphabet and whole numbers. Free text,
e-mail addresses and telephone numbers do not pass; who a leaf is about is said by a commitment under the subject's
own key (`troth.subjects.service.commitment`), which means nothing once that key is destroyed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from troth.base.errors import InputError

MAX_REFERENCE = 200  # characters
MAX_REFERENCES = 32

_KIND = re.compile(r"[a-z][a-z0-9-]{0,30}(\.[a-z][a-z0-9-]{0,30}){1,3}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")
_REFERENCE = re.compile(rf"[A-Za-z0-9._:/=\[\]-]{{1,{MAX_REFERENCE}}}")
_LETTER = re.compile(r"[A-Za-z]")
_MAX_INTEGER = 2**53 - 1  # RFC 8785 § 3.2.2.3: what every JSON reader keeps exactly
_MAX_BARE_DIGITS = 8  # a date has eight; a telephone number has more

# What is admitted is ASCII without anything to escape, and whole numbers: of that, the standard library's JSON with
# sorted keys is RFC 8785's canonical form, five times as quickly as the general way (`troth.base.canonical`).
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def leaf(kind: str, at: datetime, refs: Mapping[str, str | int]) -> bytes:
    """The exact bytes of a leaf. Raises InputError `journal.not-admitted`, without repeating the value."""
    if not _KIND.fullmatch(kind):
        raise _not_admitted("the kind", "name it `thing.happened` in lower case")
    if len(refs) > MAX_REFERENCES:
        raise _not_admitted("the number of references", f"give at most {MAX_REFERENCES}")
    for key, value in refs.items():
        _admit(key, value)
    return _encode({"v": 1, "kind": kind, "at": _written(at), "refs": dict(refs)}).encode()


def _admit(key: str, value: str | int) -> None:
    if not _KEY.fullmatch(key):
        raise _not_admitted("the name of a reference", "use lower case letters, digits and `_`")
    fits = _is_number(value) if isinstance(value, int) else _is_reference(value)
    if not fits:
        raise _not_admitted(f"reference `{key}`", "refer by id or hash, and to a person by commitment")


def _is_number(value: int) -> bool:
    return not isinstance(value, bool) and abs(value) <= _MAX_INTEGER


def _is_reference(value: str) -> bool:
    if not _REFERENCE.fullmatch(value):
        return False
    return bool(_LETTER.search(value)) or sum(map(str.isdigit, value)) <= _MAX_BARE_DIGITS


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _not_admitted(what: str, hint: str) -> InputError:
    return InputError("journal.not-admitted", f"{what} cannot enter the journal", hint=hint)
