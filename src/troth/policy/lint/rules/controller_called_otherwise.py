"""The text calls whoever promises by another name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import texts
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{name}` is not the name of the controller",
        "zh": "“{name}”不是个人信息处理者的名称",
    },
    hint={
        "en": "name the controller here; a name of another company is probably left over from a template",
        "zh": "此处请写处理者的名称；其他公司的名称多半是模板遗留",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Every text that says a name of `also_called`, otherwise than inside the controller's own name."""
    own = policy.controller.name
    for clause, text in texts(policy) if policy.also_called else ():
        for name in policy.also_called:
            if any(name in words.replace(own[language], "") for language, words in text.items()):
                yield SAYS.at(clause, name=name)


RULE = Rule("controller-called-otherwise", "warning", find)
