"""A purpose for which nothing is done."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


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
            yield Found(
                f"purposes.{purpose}",
                f"nothing is done for the purpose `{purpose}`",
                "let a function serve it, or leave it out",
            )


RULE = Rule("purpose-without-function", "warning", find)
