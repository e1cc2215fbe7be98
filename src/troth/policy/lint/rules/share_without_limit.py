"""Everything may be shared for everything."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.words import at_least

_MANY = 5

SAYS = Wording(
    says={
        "en": "`{line}` shares everything for {count} purposes, so it excludes nothing",
        "zh": "`{line}`为{count}个目的共享一切信息，等于没有限制",
    },
    hint={
        "en": "name the items and the purpose that the recipient serves",
        "zh": "写明信息项以及接收方所服务的目的",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A line shares all items for every purpose there is, or for at least five, and nothing limits that."""
    for line in policy.flows.values():
        everything = line.action == "share" and "all" in line.items
        limited = line.basis == "legal-obligation" or at_least(line.grade, "general")
        if everything and not limited and len(line.purposes) >= min(_MANY, max(2, len(policy.purposes))):
            yield SAYS.at(f"flows.{line.id}", line=line.id, count=len(line.purposes))


RULE = Rule("share-without-limit", "warning", find)
