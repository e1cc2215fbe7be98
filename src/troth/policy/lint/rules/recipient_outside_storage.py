"""Data is stored in one country and given to somebody in another."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy
from troth.policy.sections.parties import Recipient
from troth.policy.sections.words import at_least


def find(policy: Policy) -> Iterator[Found]:
    """A recipient is in a country where nothing is stored, and no separate consent covers that."""
    if policy.storage is None:
        return
    for recipient in policy.recipients.values():
        if recipient.country is not None and recipient.country not in policy.storage.inside:
            yield from _abroad(policy, recipient)


def _abroad(policy: Policy, recipient: Recipient) -> Iterator[Found]:
    sharing = [function.grade for function in policy.functions.values() if recipient.id in function.shares]
    sharing += [line.grade for line in policy.flows.values() if recipient.id in line.to]
    if sharing and all(at_least(grade, "separate") for grade in sharing):
        return
    yield Found(
        f"recipients.{recipient.id}.country",
        f"`{recipient.id}` is in `{recipient.country}`, where no data is stored according to the policy",
        "name the country under `storage`, or ask for a separate consent to the transfer",
    )


RULE = Rule("recipient-outside-storage", "warning", find)
