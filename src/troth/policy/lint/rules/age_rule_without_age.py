"""People below an age are treated differently, but no age is ever known."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "people below {below} are treated differently, but no function needs an item that tells age",
        "zh": "对未满{below}周岁者另有规定，但没有任何功能需要能表明年龄的信息项",
    },
    hint={
        "en": "let a function need an item with `tells: age`, or say how the age is found out",
        "zh": "让某项功能需要带有`tells: age`的信息项，或说明如何得知年龄",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`minors` draws a line, and no function needs an item that tells the age."""
    if policy.minors is None:
        return
    needed = {item for function in policy.functions.values() for item in function.needs}
    if not any(policy.items[item].tells == "age" for item in needed):
        yield SAYS.at("minors", below=policy.minors.below)


RULE = Rule("age-rule-without-age", "warning", find)
