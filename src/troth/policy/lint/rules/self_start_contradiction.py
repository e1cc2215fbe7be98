"""The app must start by itself, and may not without consent."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A recipient's self-start is called necessary and bound to consent, or never and yet something else."""
    for recipient in policy.recipients.values():
        if len(recipient.self_start) > 1:
            yield Found(
                f"recipients.{recipient.id}.self_start",
                f"the self-start of `{recipient.id}` is at once {quoted(recipient.self_start)}",
                "keep one of them; until then the strictest counts",
            )


RULE = Rule("self-start-contradiction", "warning", find)
