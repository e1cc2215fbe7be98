"""Acceptance needs an act, and yet silence is called acceptance."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "acceptance must be explicit, and yet {deemed} counts as acceptance",
        "zh": "要求明示接受，却又把{deemed}视为接受",
    },
    hint={
        "en": "drop `deemed`, or write `acceptance: deemed`; until then only an explicit act counts",
        "zh": "删去`deemed`，或改为`acceptance: deemed`；在此之前，只有明示的行为才算接受",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Acceptance is `explicit`, but `deemed` lists what else the text takes for it."""
    if policy.acceptance == "explicit" and policy.deemed:
        yield SAYS.at("deemed", deemed=policy.deemed)


RULE = Rule("acceptance-contradiction", "warning", find)
