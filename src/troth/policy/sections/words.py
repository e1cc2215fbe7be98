"""The closed word lists of the language: actions, grades of consent, legal bases, channels."""

from __future__ import annotations

from typing import Literal, get_args

Action = Literal["collect", "use", "share", "transfer", "disclose", "sell", "publish"]
ACTIONS: tuple[Action, ...] = get_args(Action)

Grade = Literal["none", "deemed", "general", "explicit", "separate", "guardian-verified"]
GRADES: tuple[Grade, ...] = get_args(Grade)
"""From least to most; a consent of one grade is also a consent of every lower one."""

Basis = Literal[
    "consent",
    "contract",
    "legal-obligation",
    "legitimate-interests",
    "vital-interests",
    "public-interest",
    "made-public",
    "unstated",
]

Channel = Literal[
    "self-service",
    "customer-service",
    "feedback",
    "phone",
    "email",
    "post",
    "fax",
    "sms",
    "website",
    "in-person",
    "push",
    "popup",
    "announcement",
]

Acceptance = Literal["explicit", "deemed"]
Deemed = Literal["use", "continued-use"]
ClosedList = Literal["items", "share", "transfer", "disclose", "recipients", "refuse"]
ProductKind = Literal["app", "website", "device"]

Start = Literal["receipt", "verification", "check"]
"""When a period begins: a request arrives, its sender is identified, or its matter has been looked into."""


def at_least(grade: Grade, needed: Grade) -> bool:
    """Whether a consent of `grade` satisfies a rule that needs `needed`."""
    return GRADES.index(grade) >= GRADES.index(needed)
