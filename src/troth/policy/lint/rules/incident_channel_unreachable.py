"""People are told of an incident by a channel nobody has of them."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_TOLD_BY = {"email": "email", "phone": "phone", "sms": "phone", "post": "post", "fax": "fax"}

SAYS = Wording(
    says={
        "en": "nobody can be sure to be reached by {lost}: no function needs what tells the way there",
        "zh": "无法保证以{lost}联系到每个人：没有任何功能需要相应的联系信息",
    },
    hint={
        "en": "name channels whose address everybody has given, or mark the item with `tells`",
        "zh": "请写明人人都已提供地址的渠道，或为信息项标注`tells`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`incident.by` names a channel for which no function needs an item that tells it."""
    if policy.incident is None:
        return
    needed = {item for function in policy.functions.values() for item in function.needs}
    told = {policy.items[item].tells for item in needed}
    lost = [way for way in policy.incident.by if way in _TOLD_BY and _TOLD_BY[way] not in told]
    if lost:
        yield SAYS.at("incident.by", lost=lost)


RULE = Rule("incident-channel-unreachable", "note", find)
