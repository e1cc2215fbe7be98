"""Data is stored in one country and given to somebody in another."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.parties import Recipient
from troth.policy.sections.words import at_least

SAYS = Wording(
    says={
        "en": "`{recipient}` is in `{country}`, where no data is stored according to the policy",
        "zh": "`{recipient}`位于`{country}`，而按照政策，那里不存储任何信息",
    },
    hint={
        "en": "name the country under `storage`, or ask for a separate consent to the transfer",
        "zh": "在`storage`中写明该国，或就出境征得单独同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient is in a country where nothing is stored, and no separate consent covers that."""
    if policy.storage is None:
        return
    for recipient in policy.recipients.values():
        if recipient.country is not None and recipient.country not in policy.storage.inside:
            yield from _abroad(policy, recipient, recipient.country)


def _abroad(policy: Policy, recipient: Recipient, country: str) -> Iterator[Found]:
    sharing = [function.grade for function in policy.functions.values() if recipient.id in function.shares]
    sharing += [line.grade for line in policy.flows.values() if recipient.id in line.to]
    if sharing and all(at_least(grade, "separate") for grade in sharing):
        return
    yield SAYS.at(f"recipients.{recipient.id}.country", recipient=recipient.id, country=country)


RULE = Rule("recipient-outside-storage", "warning", find)
