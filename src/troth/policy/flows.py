"""What a policy allows, item by item: who does what with which item for which purpose, and on which basis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from troth.base.period import Period
from troth.policy.model import Action, Basis, FlowLine, Function, Grade, Matrix, Policy, Recipient


@dataclass(frozen=True, order=True)
class Flow:
    """One allowed action: `grade` is the least consent it needs, `after` the facts that must hold."""

    item: str
    purpose: str
    action: Action
    recipient: str | None
    function: str | None
    basis: Basis
    grade: Grade
    after: tuple[str, ...]
    clause: str
    necessary: bool = False


def flows(policy: Policy) -> tuple[Flow, ...]:
    """All flows, in an order that depends on their content only.

    A function collects and uses what it needs and what is optional, and shares with each recipient what that
    recipient's line says it receives (all its own items if the line lists none). A recipient that no function
    shares with, but that states a basis and purposes, gets what it receives on that basis. Flow lines add theirs, and
    so does each cell of a matrix that allows. They are made once for one policy object, which many rules ask about.
    """
    return _made(_Same(policy))


class _Same:
    """Finds what was made of one policy object; comparing whole policies would take longer than making it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.policy is self.policy


@lru_cache(maxsize=16)
def _made(same: _Same) -> tuple[Flow, ...]:
    policy = same.policy
    found = {*_of_functions(policy), *_of_recipients(policy), *_of_lines(policy), *_of_matrices(policy)}
    return tuple(sorted(found, key=_order))


def _order(flow: Flow) -> tuple[str, ...]:
    return (flow.item, flow.purpose, flow.action, flow.recipient or "", flow.function or "", flow.clause, flow.basis)


def _of_functions(policy: Policy) -> Iterator[Flow]:
    for function in policy.functions.values():
        for item in function.needs:
            yield from _own(function, item, necessary=True)
        for item in function.optional:
            yield from _own(function, item, necessary=False)
        for recipient in function.shares:
            yield from _shared(function, policy.recipients[recipient])


def _own(function: Function, item: str, *, necessary: bool) -> Iterator[Flow]:
    clause = f"functions.{function.id}.{'needs' if necessary else 'optional'}"
    actions: tuple[Action, ...] = ("collect", "use")
    for action in actions:
        yield Flow(
            item, function.purpose, action, None, function.id,
            function.basis, function.grade, function.after, clause, necessary,
        )  # fmt: skip


def _shared(function: Function, recipient: Recipient) -> Iterator[Flow]:
    stated = recipient.receives
    clause = f"recipients.{recipient.id}.receives" if stated else f"functions.{function.id}.shares"
    for item in stated or (*function.needs, *function.optional):
        yield Flow(
            item, function.purpose, "share", recipient.id, function.id,
            function.basis, function.grade, function.after, clause, item in function.needs,
        )  # fmt: skip


def _of_recipients(policy: Policy) -> Iterator[Flow]:
    shared = {name for function in policy.functions.values() for name in function.shares}
    for recipient in policy.recipients.values():
        if recipient.id in shared or recipient.basis is None:
            continue
        for purpose in recipient.purposes:
            for item in recipient.receives:
                yield Flow(
                    item, purpose, "share", recipient.id, None,
                    recipient.basis, recipient.grade, (), f"recipients.{recipient.id}.receives",
                )  # fmt: skip


def _of_lines(policy: Policy) -> Iterator[Flow]:
    for line in policy.flows.values():
        yield from _of_line(line, policy.items_in(line.items))


def _of_line(line: FlowLine, items: tuple[str, ...]) -> Iterator[Flow]:
    to: tuple[str | None, ...] = line.to or (None,)
    for purpose in line.purposes:
        for recipient in to:
            for item in items:
                yield Flow(
                    item, purpose, line.action, recipient, None,
                    line.basis, line.grade, line.after, f"flows.{line.id}",
                )  # fmt: skip


def _of_matrices(policy: Policy) -> Iterator[Flow]:
    for matrix in policy.matrices.values():
        if matrix.over is None:
            yield from _of_matrix(policy, matrix)


def _of_matrix(policy: Policy, matrix: Matrix) -> Iterator[Flow]:
    """One flow for each action, purpose and item; to each recipient that the matrix names for the item."""
    to = _receivers(policy, matrix)
    for purpose, names in matrix.purposes.items():
        for item in policy.items_in(names):
            for action in matrix.actions:
                for recipient in to.get(item, ()) or (None,):
                    yield Flow(
                        item, purpose, action, recipient, None,
                        matrix.basis, matrix.grade, (), f"matrices.{matrix.id}.for.{purpose}",
                    )  # fmt: skip


def _receivers(policy: Policy, matrix: Matrix) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for name, recipients in matrix.to.items():
        for item in policy.items_in((name,)):
            found.setdefault(item, set()).update(recipients)
    return {item: tuple(sorted(recipients)) for item, recipients in found.items()}


@dataclass(frozen=True, order=True)
class Told:
    """One cell of a matrix about the past: this happened within `over`. The records must show it."""

    item: str
    action: Action
    recipient: str | None
    over: Period
    clause: str


def told(policy: Policy) -> tuple[Told, ...]:
    """What the policy tells of the past, cell by cell; for a list that a person is shown, and for a check on it."""
    past = [(matrix, matrix.over) for matrix in policy.matrices.values() if matrix.over is not None]
    cells = [
        Told(item, action, recipient, over, clause)
        for matrix, over in past
        for name, recipients, clause in _cells(matrix)
        for item in policy.items_in((name,))
        for action in matrix.actions
        for recipient in recipients
    ]
    return tuple(sorted(cells, key=lambda each: (each.clause, each.item, each.action, each.recipient or "")))


def _cells(matrix: Matrix) -> Iterator[tuple[str, tuple[str | None, ...], str]]:
    for name in matrix.items:
        yield name, (None,), f"matrices.{matrix.id}.items"
    for name, recipients in matrix.to.items():
        yield name, recipients, f"matrices.{matrix.id}.to.{name}"
