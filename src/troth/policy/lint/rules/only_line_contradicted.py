"""Something is limited to one case, and done in others."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import Flow, flows, told
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import FlowLine, Policy

SAYS = Wording(
    says={
        "en": "`flows.{line}` calls itself the only `{action}`, and `{clause}` goes beyond it",
        "zh": "`flows.{line}`称自己是唯一的`{action}`，`{clause}`却超出了它",
    },
    hint={
        "en": "keep one of them; until then only the line that calls itself the only one counts",
        "zh": "两者只留其一；在此之前，只以自称唯一的条款为准",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A line with `only: true`, and another flow or a record of the past with the same action beyond it."""
    allowed = flows(policy)
    for line in policy.flows.values():
        if line.only:
            beyond = {*_allowed(line, policy, allowed), *_happened(line, policy)}
            for clause in sorted(beyond):
                yield SAYS.at(clause, line=line.id, action=line.action, clause=clause)


def _allowed(line: FlowLine, policy: Policy, allowed: tuple[Flow, ...]) -> Iterator[str]:
    own = f"flows.{line.id}"
    items = policy.items_in(line.items)
    for flow in allowed:
        beyond = flow.item not in items or flow.purpose not in line.purposes
        if flow.action == line.action and flow.clause != own and beyond:
            yield flow.clause.removesuffix(f".for.{flow.purpose}")  # a matrix that allows is one clause


def _happened(line: FlowLine, policy: Policy) -> Iterator[str]:
    items = policy.items_in(line.items)
    for cell in told(policy):
        if cell.action == line.action and (cell.item not in items or cell.recipient not in line.to):
            yield cell.clause


RULE = Rule("only-line-contradicted", "warning", find)
