"""What finds a person: a telephone number, an e-mail address, an account or device id, in one normal form each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import phonenumbers

from troth.base.errors import InputError, Problem
from troth.base.sensitive import Sensitive

MAX_LENGTH = 254  # RFC 5321 § 4.5.3.1.3 less the angle brackets: the longest address that can be written to

_CHINA = 86
_MOBILE = re.compile(r"1[3-9]")
_MOBILE_DIGITS = 11
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x1f]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Identifier:
    """A value of a kind, already in its normal form; build it with `identifier`."""

    kind: str
    value: Sensitive[str]


def identifier(kind: str, raw: str, region: str = "CN") -> Identifier:
    """Normalise what a person typed. `region` is where a telephone number without country code is at home.

    Raises:
        InputError: `subjects.unknown-kind`, or `subjects.bad-<kind>`; never repeats the value.
    """
    normalise = _KINDS.get(kind)
    if normalise is None:
        known = ", ".join(_KINDS)
        raise InputError("subjects.unknown-kind", f"`{kind}` is not a kind of identifier", hint=f"use one of {known}")
    value = normalise(unicodedata.normalize("NFKC", raw).strip(), region)
    if value is None:
        raise InputError.of((_BAD[kind],))
    return Identifier(kind, Sensitive(value))


def _phone(raw: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number) or _cut_short(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _cut_short(number: phonenumbers.PhoneNumber) -> bool:
    """Whether it is a Chinese mobile number with digits missing: those have eleven, unlike the numbers of landlines."""
    national = str(number.national_number)
    return number.country_code == _CHINA and bool(_MOBILE.match(national)) and len(national) != _MOBILE_DIGITS


def _email(raw: str, region: str) -> str | None:  # noqa: ARG001
    local, _, domain = raw.lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local) + len(domain) >= MAX_LENGTH:
        return None
    return f"{local}@{domain}"


def _opaque(raw: str, region: str) -> str | None:  # noqa: ARG001
    return raw if 0 < len(raw) <= MAX_LENGTH and raw.isprintable() else None


_KINDS: Mapping[str, Callable[[str, str], str | None]] = {
    "phone": _phone,
    "email": _email,
    "account": _opaque,
    "device": _opaque,
    "cookie": _opaque,
    "browser": _opaque,
}
KINDS: tuple[str, ...] = tuple(_KINDS)
"""Every kind of identifier there is."""

_AGAIN = "check it and type it again"
_BAD: Mapping[str, Problem] = {
    "phone": Problem("subjects.bad-phone", "this is not a telephone number", _AGAIN),
    "email": Problem("subjects.bad-email", "this is not an e-mail address", _AGAIN),
    "account": Problem("subjects.bad-account", "this is not an account id", _AGAIN),
    "device": Problem("subjects.bad-device", "this is not a device id", _AGAIN),
    "cookie": Problem("subjects.bad-cookie", "this is not a cookie id", _AGAIN),
    "browser": Problem("subjects.bad-browser", "this is not a browser's id", _AGAIN),
}
