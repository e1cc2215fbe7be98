"""Something is done with data, and the text does not say on which legal basis."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_ASKING = frozenset({"cn", "eu", "uk"})  # Californian law knows no basis

SAYS = Wording(
    says={
        "en": "`{clause}` is not stated",
        "zh": "未写明`{clause}`",
    },
    hint={
        "en": "name the basis; without one every use of it needs consent",
        "zh": "请写明处理依据；没有依据的，每次使用都须征得同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The basis of a function or a flow line is `unstated`, and one of the policy's regimes asks for one."""
    if not _ASKING & {*policy.regimes}:
        return
    bases = {f"functions.{each.id}.basis": each.basis for each in policy.functions.values()}
    bases.update({f"flows.{each.id}.basis": each.basis for each in policy.flows.values()})
    for clause, basis in bases.items():
        if basis == "unstated":
            yield SAYS.at(clause, clause=clause)


RULE = Rule("basis-unstated", "warning", find)
