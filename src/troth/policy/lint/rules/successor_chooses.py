"""Who takes over may choose between keeping the promises and asking for new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_OR_ASKS = re.compile(
    r"\bbound\b.*\bor\b.*\b(asks?|consent|authoris\w+|authoriz\w+)\b|约束.*(否则|或).*(同意|授权)", re.IGNORECASE
)

SAYS = Wording(
    says={
        "en": "`{recipient}` may stay bound or ask again, and nothing holds for people who do not answer",
        "zh": "`{recipient}`可以继续受约束，也可以重新征求同意，不作答复的人便没有着落",
    },
    hint={
        "en": "let it stay bound, and ask again for whatever it wants to do otherwise",
        "zh": "规定其继续受约束，另有打算的再征求同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """One term of a successor says that it stays bound or asks again."""
    for recipient in policy.recipients.values():
        for name, text in recipient.terms.items():
            if recipient.kind == "successor" and says(text, _OR_ASKS):
                yield SAYS.at(f"recipients.{recipient.id}.terms.{name}", recipient=recipient.id)


RULE = Rule("successor-chooses", "note", find)
