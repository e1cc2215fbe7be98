"""Nobody hears of an opt-out."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Matrix, Policy

SAYS = Wording(
    says={
        "en": (
            "nothing carries the opt-out to the controller, who can neither remember it nor stop what it sells itself"
        ),
        "zh": "选择退出的信息到不了处理者那里，处理者既无法记住，也无法停止自行出售",
    },
    hint={
        "en": "add a form, an address or a signal that is honoured",
        "zh": "请增加表单、地址或会得到遵从的信号",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The opt-out is made by oneself only, without an account, and yet a period counts from it."""
    right = policy.rights.get("opt-out")
    if right is None or right.account_needed is not False or set(right.by) - {"self-service"}:
        return
    if right.asked_again is not None or _sold_by_hand(policy):
        yield SAYS.at("rights.opt-out.by")


def _sold_by_hand(policy: Policy) -> bool:
    """Whether something is sold that a setting of the browser cannot hold back."""
    sold = {item for matrix in policy.matrices.values() if "sell" in matrix.actions for item in _items(policy, matrix)}
    return any("person" in policy.items[item].sources for item in sold)


def _items(policy: Policy, matrix: Matrix) -> set[str]:
    named = [*matrix.items, *matrix.to, *(name for names in matrix.purposes.values() for name in names)]
    return set(policy.items_in(tuple(named)))


RULE = Rule("opt-out-unheard", "warning", find)
