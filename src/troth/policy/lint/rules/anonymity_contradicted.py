"""Nobody is identified by the data, and elsewhere the same data tells who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import first, says
from troth.policy.model import Function, Policy

_NOBODY = re.compile(
    r"\banonymous(ly)?\b|\bidentif(y|ies) (nobody|no one)\b|\bnot (used to )?identify\b"
    r"|匿名|不用于识别|不识别|无法识别",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\bauthenticat|\bidentify(ing)? (you|people|persons|users|real)\b|\bprofiles\b|\bprofiling\b"
    r"|验证身份|识别(您|用户|个人|真实)|画像|实人认证",
    re.IGNORECASE,
)

SAYS = Wording(
    says={
        "en": "`{function}` identifies nobody, so it says, but `{other}` identifies people by the same data",
        "zh": "`{function}`称不识别任何人，但`{other}`用同类信息识别个人",
    },
    hint={
        "en": "keep the data of the two apart, and say so; or do not call it anonymous",
        "zh": "将两者的信息分开并写明，否则不要称其为匿名",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A limit of a function says that nobody is identified; another function identifies people by data that is the same
    or of the same category."""
    identifying = [each for each in policy.functions.values() if _identifies(policy, each)]
    for function in policy.functions.values():
        limit = first(function.limits, _NOBODY)
        other = next((each for each in identifying if each.id != function.id and _alike(policy, function, each)), None)
        if limit is not None and other is not None:
            yield SAYS.at(f"functions.{function.id}.limits.{limit}", function=function.id, other=other.id)


def _identifies(policy: Policy, function: Function) -> bool:
    told = (function.label, policy.purposes[function.purpose].label, *function.limits.values())
    return any(says(text, _SOMEBODY) for text in told) and first(function.limits, _NOBODY) is None


def _alike(policy: Policy, one: Function, other: Function) -> bool:
    return bool(_kinds(policy, one) & _kinds(policy, other))


def _kinds(policy: Policy, function: Function) -> set[str]:
    """The items of a function and the categories that they stand in."""
    items = {*function.needs, *function.optional}
    return items | {category for item in items if (category := policy.items[item].category) is not None}


RULE = Rule("anonymity-contradicted", "warning", find)
