"""An item is listed that this kind of product can never read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_HIDDEN = re.compile(r"\b(IMEI|IMSI|ICCID|IDFA|IDFV|MAC address|Android ID)\b", re.IGNORECASE | re.ASCII)

SAYS = Wording(
    says={
        "en": "`{item}` speaks of {named}, which no browser shows to a website",
        "zh": "`{item}`涉及{named}，而浏览器不会向网站提供",
    },
    hint={
        "en": "drop it, or say by which other product it is read",
        "zh": "请删去，或写明由哪个其他产品读取",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The product is a website only, and an item is an identifier that no browser shows."""
    if policy.runs_on != ("website",):
        return
    for item in policy.items.values():
        named = sorted({word for text in (item.label, item.note or {}) for word in _hidden(text)})
        if named:
            yield SAYS.at(f"items.{item.id}", item=item.id, named=named)


def _hidden(text: Mapping[str, str]) -> list[str]:
    return [found for words in text.values() for found in _HIDDEN.findall(words)]


RULE = Rule("item-not-collectable", "warning", find)
