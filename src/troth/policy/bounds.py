"""How much one policy may declare, so that reading it takes a moment whatever somebody writes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Function, Matrix, Policy

MOST_FLOWS = 15_000
"""Uses that one policy may spell out: some hundred times those of the longest policy that we know."""


def beyond(policy: Policy) -> str | None:
    """The clause with which the policy declares more uses than one may; None while it does not."""
    total = 0
    for clause, number in _uses(policy):
        total += number
        if total > MOST_FLOWS:
            return clause
    return None


def _uses(policy: Policy) -> Iterator[tuple[str, int]]:
    for function in policy.functions.values():
        yield f"functions.{function.id}", _of_function(policy, function)
    for recipient in policy.recipients.values():
        yield f"recipients.{recipient.id}", len(recipient.purposes) * len(recipient.receives)
    for line in policy.flows.values():
        yield f"flows.{line.id}", _items(policy, line.items) * len(line.purposes) * max(1, len(line.to))
    for matrix in policy.matrices.values():
        yield f"matrices.{matrix.id}", _of_matrix(policy, matrix)


def _of_function(policy: Policy, function: Function) -> int:
    own = len(function.needs) + len(function.optional)
    shared = sum(len(policy.recipients[name].receives) or own for name in function.shares)
    return 2 * own + shared


def _of_matrix(policy: Policy, matrix: Matrix) -> int:
    receivers = max([1, *(len(to) for to in matrix.to.values())])
    cells = sum(_items(policy, names) for names in matrix.purposes.values())
    return cells * len(matrix.actions) * receivers


def _items(policy: Policy, names: tuple[str, ...]) -> int:
    return len(policy.items) if "all" in names else len(policy.items_in(names))
