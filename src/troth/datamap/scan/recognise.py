"""What a sample of values looks like: addresses, numbers with a checksum, names of machines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

import phonenumbers
from stdnum import iban, imei, luhn
from stdnum.cn import ric

from troth.datamap.scan.names import is_name

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")
_CARD = re.compile(r"\d{16,19}")
_IMEI = re.compile(r"\d{15}")
_HASH = re.compile(r"\$(2[aby]|argon2\w*|scrypt|pbkdf2[\w-]*|5|6)\$.+")
_NATIONAL = re.compile(r"\d{7,14}")


def _is_phone(value: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, "CN")) and _looks_dialled(value)
    except phonenumbers.NumberParseException:
        return False


def _looks_dialled(value: str) -> bool:
    """A bare number is one only if it is a mobile number of China: order numbers have digits, too."""
    digits = re.sub(r"[\s().-]", "", value)
    return bool(re.fullmatch(r"\+\d{8,15}|(86)?1[3-9]\d{9}", digits))


def _is_ip(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return not value.isdigit()


_TESTS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda value: _EMAIL.fullmatch(value) is not None,
    "id_number": ric.is_valid,
    "imei": lambda value: _IMEI.fullmatch(value) is not None and imei.is_valid(value),
    "bank_account": lambda value: (_CARD.fullmatch(value) is not None and luhn.is_valid(value)) or iban.is_valid(value),
    "phone": _is_phone,
    "ip": _is_ip,
    "mac": lambda value: _MAC.fullmatch(value) is not None,
    "name": is_name,
    "password": lambda value: _HASH.fullmatch(value) is not None,
}


def recognised(values: Sequence[str]) -> tuple[str, int] | None:
    """The notion that most of the values look like, and how many do; None if fewer than half look like any."""
    counted = {name: sum(map(test, values)) for name, test in _TESTS.items()}
    name, found = max(counted.items(), key=lambda one: one[1])
    return (name, found) if values and 2 * found >= len(values) else None


def are_national(values: Sequence[str]) -> bool:
    """Whether these phone numbers are written without their country code."""
    return bool(values) and 2 * sum(_NATIONAL.fullmatch(value) is not None for value in values) > len(values)
