"""The questions that a policy's flows answer, and those that they do not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from troth.decision.engine import Question
from troth.policy.flows import Flow, flows
from troth.policy.model import Action, Policy


def question(flow: Flow) -> Question:
    """What somebody asks who wants to do as `flow` says."""
    return Question(flow.purpose, flow.item, flow.action, flow.recipient)


def of_function(policy: Policy, function: str) -> tuple[Flow, ...]:
    """The flows that a function declares."""
    return tuple(flow for flow in flows(policy) if flow.function == function)


def undeclared_uses(policy: Policy) -> Iterator[Question]:
    """Every use of an item for a purpose that no clause declares."""
    declared = {(flow.purpose, flow.item) for flow in flows(policy) if flow.action == "use"}
    for purpose in policy.purposes:
        for item in policy.items:
            if (purpose, item) not in declared:
                yield Question(purpose, item)


def undeclared_shares(policy: Policy, recipient: str) -> Iterator[Question]:
    """Every sharing with `recipient` that no clause declares."""
    declared = {
        (flow.purpose, flow.item) for flow in flows(policy) if flow.action == "share" and flow.recipient == recipient
    }
    for purpose in policy.purposes:
        for item in policy.items:
            if (purpose, item) not in declared:
                yield Question(purpose, item, "share", recipient)


def undeclared_ways(policy: Policy, action: Action) -> Iterator[Question]:
    """Every way in which no clause lets an item go to a declared recipient by `action`."""
    declared = {(flow.recipient, flow.purpose, flow.item) for flow in flows(policy) if flow.action == action}
    for recipient, purpose, item in product(policy.recipients, policy.purposes, policy.items):
        if (recipient, purpose, item) not in declared:
            yield Question(purpose, item, action, recipient)
