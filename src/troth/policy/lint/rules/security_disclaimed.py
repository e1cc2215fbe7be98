"""Security is answered for and disclaimed in one breath."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import first, says
from troth.policy.model import Policy

_NOT_SECURE = re.compile(
    r"\b(not|no|nothing|never)\b[^.;]{0,40}\b(secure|safe|guarantee[ds]?|security)\b"
    r"|(无法|不能|不作)[^，。；]{0,4}保证|并非[^，。；]{0,4}安全|不完全安全",
    re.IGNORECASE,
)
_ANSWERED_FOR = re.compile(
    r"\ball (legal )?(responsibility|liability)\b|\b(best|every)\b[^.;]{0,20}\befforts?\b"
    r"|全部(法律)?责任|尽[^，。；]{0,6}努力",
    re.IGNORECASE,
)

SAYS = Wording(
    says={
        "en": "`{clause}` answers for security without bounds, and `security.warnings.{warning}` takes it back",
        "zh": "`{clause}`对安全作出没有限度的承诺，`security.warnings.{warning}`又把它收回",
    },
    hint={
        "en": "say what is done and what is answered for; leave out the rest",
        "zh": "写明做了什么、承担什么，其余删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A warning says that nothing is secure for certain; the liability is for everything, or a measure every effort."""
    security = policy.security
    warning = first(security.warnings, _NOT_SECURE)
    if warning is None:
        return
    clauses = [f"security.measures.{each.id}" for each in security.measures.values() if says(each.label, _ANSWERED_FOR)]
    if security.liability is not None and says(security.liability, _ANSWERED_FOR):
        clauses.append("security.liability")
    for clause in clauses:
        yield SAYS.at(clause, clause=clause, warning=warning)


RULE = Rule("security-disclaimed", "note", find)
