"""Something is limited to one case, and done in others."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import Flow, flows, told
from troth.policy.lint.model import Found, Rule
from troth.policy.model import FlowLine, Policy


def find(policy: Policy) -> Iterator[Found]:
    """A line with `only: true`, and another flow or a record of the past with the same action beyond it."""
    allowed = flows(policy)
    for line in policy.flows.values():
        if line.only:
            beyond = {*_allowed(line, policy, allowed), *_happened(line, policy)}
            for clause in sorted(beyond):
                yield Found(
                    clause,
                    f"`flows.{line.id}` calls itself the only `{line.action}`, and `{clause}` goes beyond it",
                    "keep one of them; until then only the line that calls itself the only one counts",
                )


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
