"""Numbers that carry their own check digit, so that a random number is rarely taken for one."""

from __future__ import annotations

import re

_RESIDENT = re.compile(r"\d{17}[\dXx]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MONTHS, _DAYS = 12, 31


def luhn(digits: str) -> bool:
    """Bank cards and IMEIs (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def is_resident_number(word: str) -> bool:
    """Resident identity numbers of China (GB 11643-1999): a date of birth and a check digit."""
    if not _RESIDENT.fullmatch(word) or not (0 < int(word[10:12]) <= _MONTHS and 0 < int(word[12:14]) <= _DAYS):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(word, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == word[17].upper()


def is_iban(word: str) -> bool:
    """International bank account numbers (ISO 13616, ISO 7064 mod 97-10)."""
    packed = word.replace(" ", "").upper()
    if not _IBAN.fullmatch(packed):
        return False
    return int("".join(str(int(letter, 36)) for letter in packed[4:] + packed[:4])) % 97 == 1
