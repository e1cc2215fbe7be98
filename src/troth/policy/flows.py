"""What a policy allows, item by item: who does what with which item for which purpose, and on which basis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from troth.policy.model import Action, Basis, FlowLine, Function, Grade, Policy, Recipient


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
    shares with, but that states a basis and purposes, gets what it receives on that basis. Flow lines add theirs.
    """
    found = {*_of_functions(policy), *_of_recipients(policy), *_of_lines(policy)}
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
