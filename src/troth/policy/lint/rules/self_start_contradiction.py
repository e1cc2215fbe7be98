"""The app must start by itself, and may not without consent."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the self-start of `{recipient}` is at once {self_start}",
        "zh": "`{recipient}`的自启动同时写作{self_start}",
    },
    hint={
        "en": "keep one of them; until then the strictest counts",
        "zh": "只保留其一；在此之前以最严格的为准",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient's self-start is called necessary and bound to consent, or never and yet something else."""
    for recipient in policy.recipients.values():
        if len(recipient.self_start) > 1:
            yield SAYS.at(
                f"recipients.{recipient.id}.self_start", recipient=recipient.id, self_start=recipient.self_start
            )


RULE = Rule("self-start-contradiction", "warning", find)
