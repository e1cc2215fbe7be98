"""The history tells of what the rules do not allow."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import Told, flows, told
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{recipient}` got `{item}` by `{action}`, which no line allows",
        "zh": "`{recipient}`曾以`{action}`方式取得`{item}`，但没有任何条款允许",
    },
    hint={
        "en": "name the recipient in the line that allows it, or stop",
        "zh": "在允许的条款中写明该接收方，或停止提供",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A cell of a matrix about the past has no flow of the same action and item to the same recipient."""
    allowed = {(flow.action, flow.item, flow.recipient) for flow in flows(policy)}
    beyond: dict[str, Told] = {}
    for cell in told(policy):
        if cell.recipient is not None and (cell.action, cell.item, cell.recipient) not in allowed:
            beyond.setdefault(cell.clause, cell)
    for clause, cell in sorted(beyond.items()):
        yield SAYS.at(clause, recipient=str(cell.recipient), item=cell.item, action=cell.action)


RULE = Rule("history-beyond-rules", "warning", find)
