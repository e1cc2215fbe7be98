"""An item is listed that this kind of product can never read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy

_HIDDEN = re.compile(r"\b(IMEI|IMSI|ICCID|IDFA|IDFV|MAC address|Android ID)\b", re.IGNORECASE | re.ASCII)


def find(policy: Policy) -> Iterator[Found]:
    """The product is a website only, and an item is an identifier that no browser shows."""
    if policy.runs_on != ("website",):
        return
    for item in policy.items.values():
        named = sorted({word for text in (item.label, item.note or {}) for word in _hidden(text)})
        if named:
            yield Found(
                f"items.{item.id}",
                f"`{item.id}` speaks of {quoted(named)}, which no browser shows to a website",
                "drop it, or say by which other product it is read",
            )


def _hidden(text: Mapping[str, str]) -> list[str]:
    return [found for words in text.values() for found in _HIDDEN.findall(words)]


RULE = Rule("item-not-collectable", "warning", find)
