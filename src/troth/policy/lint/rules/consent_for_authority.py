"""What an authority compels is made to depend on consent."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{line}` asks for consent to what an authority compels, which nobody can refuse",
        "zh": "`{line}`就主管机关的强制要求征求同意，而这是任何人都无法拒绝的",
    },
    hint={
        "en": "write `basis: legal-obligation`, and ask for consent only where it can be refused",
        "zh": "改为`basis: legal-obligation`，只在可以拒绝时征求同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A line gives data to an authority on the basis of consent."""
    authorities = {each.id for each in policy.recipients.values() if each.kind == "authority"}
    for line in policy.flows.values():
        if line.basis == "consent" and authorities.intersection(line.to):
            yield SAYS.at(f"flows.{line.id}", line=line.id)


RULE = Rule("consent-for-authority", "warning", find)
