"""The history tells of what the rules do not allow."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import flows, told
from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A cell of a matrix about the past has no flow of the same action and item to the same recipient."""
    allowed = {(flow.action, flow.item, flow.recipient) for flow in flows(policy)}
    beyond: dict[str, str] = {}
    for cell in told(policy):
        if cell.recipient is not None and (cell.action, cell.item, cell.recipient) not in allowed:
            beyond.setdefault(cell.clause, f"`{cell.recipient}` got `{cell.item}` by `{cell.action}`")
    for clause, what in sorted(beyond.items()):
        yield Found(clause, f"{what}, which no line allows", "name the recipient in the line that allows it, or stop")


RULE = Rule("history-beyond-rules", "warning", find)
