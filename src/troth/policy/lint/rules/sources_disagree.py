"""One audience is asked before others are asked about it, and another is not."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.rule_sets import address, rule_set

_OTHERS = frozenset({"recipient", "public"})

SAYS = Wording(
    says={
        "en": "`{clause}` takes data from others without consent, and `{asking}` needs consent for that",
        "zh": "`{clause}`未经同意从他人处取得信息，而`{asking}`规定须征得同意",
    },
    hint={
        "en": "ask everybody for consent, or say why only one audience is asked",
        "zh": "对所有人都征求同意，或说明为何只对一类读者征求",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Rules for one audience need consent for what is collected from others, and a function under other rules takes
    such items on another basis."""
    names: tuple[str | None, ...] = (None, *policy.rule_sets)
    views = {name: rule_set(policy, name) for name in names}
    asking = [address(policy, name, each) for name, view in views.items() for each in _asks(view)]
    if not asking:
        return
    clauses = {address(policy, name, each): None for name, view in views.items() for each in _takes(view)}
    for clause in clauses:
        yield SAYS.at(clause, clause=clause, asking=asking[0])


def _asks(policy: Policy) -> list[str]:
    return [
        f"flows.{line.id}"
        for line in policy.flows.values()
        if line.action == "collect" and line.basis == "consent" and _OTHERS.intersection(line.sources)
    ]


def _takes(policy: Policy) -> list[str]:
    return [
        f"functions.{each.id}"
        for each in policy.functions.values()
        if each.basis != "consent"
        and any(_OTHERS.intersection(policy.items[item].sources) for item in (*each.needs, *each.optional))
    ]


RULE = Rule("sources-disagree", "warning", find, whole=True)
