"""A purpose for which nothing is done."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "nothing is done for the purpose `{purpose}`",
        "zh": "没有任何处理服务于目的`{purpose}`",
    },
    hint={
        "en": "let a function serve it, or leave it out",
        "zh": "让某项功能服务于它，或予以删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """No function, flow line, recipient, technology or narrower purpose serves the purpose."""
    served = {function.purpose for function in policy.functions.values()}
    served.update(purpose for line in policy.flows.values() for purpose in line.purposes)
    served.update(purpose for recipient in policy.recipients.values() for purpose in recipient.purposes)
    served.update(purpose for technology in policy.technologies.values() for purpose in technology.purposes)
    served.update(purpose.part_of for purpose in policy.purposes.values() if purpose.part_of is not None)
    served.update(purpose for matrix in policy.matrices.values() for purpose in matrix.purposes)
    for purpose in policy.purposes:
        if purpose not in served:
            yield SAYS.at(f"purposes.{purpose}", purpose=purpose)


RULE = Rule("purpose-without-function", "warning", find)
