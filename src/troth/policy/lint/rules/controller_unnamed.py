"""Nobody is named who promises."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the text does not say which company promises, so nobody can be held to it",
        "zh": "文本没有写明由哪家公司作出承诺，因此无人可以被追责",
    },
    hint={
        "en": "name the company with its legal form, then drop it from `unstated`",
        "zh": "写明公司全称，再从`unstated`中删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The text itself does not say which company the policy is of."""
    if "controller" in policy.unstated:
        yield SAYS.at("controller.name")


RULE = Rule("controller-unnamed", "warning", find)
