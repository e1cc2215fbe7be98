"""Everybody may see to whom data was disclosed, even where the law forbids to tell."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "all disclosures can be seen, and nothing says what happens where the law forbids to tell of one",
        "zh": "任何披露都可查看，却未说明法律禁止告知时如何处理",
    },
    hint={
        "en": "state under `withheld` what stays secret by law, and when that is looked at again",
        "zh": "在`withheld`中写明依法保密的内容，以及何时重新审视",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The right to see disclosures has no bounds, and an authority can compel some of them."""
    right = policy.rights.get("disclosures")
    if right is None or right.contents or right.withheld or right.refuse or policy.requests.refuse:
        return
    authorities = {each.id for each in policy.recipients.values() if each.kind == "authority"}
    if any(authorities.intersection(line.to) for line in policy.flows.values()):
        yield SAYS.at("rights.disclosures")


RULE = Rule("disclosures-without-secrecy", "note", find)
