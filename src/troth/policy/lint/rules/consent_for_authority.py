"""What an authority compels is made to depend on consent."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A line gives data to an authority on the basis of consent."""
    authorities = {each.id for each in policy.recipients.values() if each.kind == "authority"}
    for line in policy.flows.values():
        if line.basis == "consent" and authorities.intersection(line.to):
            yield Found(
                f"flows.{line.id}",
                f"`{line.id}` asks for consent to what an authority compels, which nobody can refuse",
                "write `basis: legal-obligation`, and ask for consent only where it can be refused",
            )


RULE = Rule("consent-for-authority", "warning", find)
