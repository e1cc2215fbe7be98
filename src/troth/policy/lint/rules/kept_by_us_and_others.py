"""Everything is kept by the company itself, and others keep it as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.flows import flows
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says, texts
from troth.policy.model import Policy

_BY_US = re.compile(
    r"\b(stored|kept|held|hosted)\b[^.;]{0,30}\b(by us|by ourselves|on our own servers)\b"
    r"|由(我们|本公司)[^，。；]{0,6}(存储|保存|保管)|(存储|保存)[^，。；]{0,6}(我们|本公司)(自己|自有)",
    re.IGNORECASE,
)
_OTHERS = frozenset({"processor", "provider"})

SAYS = Wording(
    says={
        "en": "data is said to be stored by the company itself, but {others} process it too",
        "zh": "称信息由公司自行保存，但{others}也在处理",
    },
    hint={
        "en": "say who stores it, and what for",
        "zh": "写明由谁保存，用于什么",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A text says that data is stored by the company, and processors or providers get it."""
    by_us = [path for path, text in texts(policy) if says(text, _BY_US)]
    if not by_us:
        return
    others = sorted(
        {
            flow.recipient
            for flow in flows(policy)
            if flow.recipient and policy.recipients[flow.recipient].kind in _OTHERS
        }
    )
    for path in by_us if others else ():
        yield SAYS.at(path, others=others)


RULE = Rule("kept-by-us-and-others", "warning", find)
