"""What a decision is, written out over sets of fact names: slow, obvious, without bits, masks or indexes.

It reads the policy's declarations itself and shares no code with the engine, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from troth.policy.model import GRADES, Policy


@dataclass(frozen=True)
class Allowance:
    """One thing that the policy says may be done, and under which conditions."""

    item: str
    purpose: str
    action: str
    recipient: str | None
    basis: str
    grade: str
    consent_to: str
    after: tuple[str, ...]


def decide(policy: Policy, facts: AbstractSet[str], purpose: str, item: str, action: str, recipient: str | None) -> str:
    """`allowed`, `denied` or `gap`."""
    speaking = [
        allowance
        for allowance in allowances(policy)
        if (allowance.item, allowance.purpose, allowance.action, allowance.recipient)
        == (item, purpose, action, recipient)
    ]
    if not speaking:
        return "gap"
    return "allowed" if any(satisfied(allowance, facts) for allowance in speaking) else "denied"


def satisfied(allowance: Allowance, facts: AbstractSet[str]) -> bool:
    if "account.open" not in facts:
        return False
    for fact in allowance.after:
        if fact not in facts:
            return False
    if allowance.basis == "consent" and not consents(allowance, facts):
        return False
    for fact in ("restricted", "account.closed", "age.barred", "objected." + allowance.purpose):
        if fact in facts:
            return False
    if allowance.action == "collect" and "account.closing" in facts:
        return False
    return not (allowance.action == "sell" and "opted-out.sale" in facts)


def consents(allowance: Allowance, facts: AbstractSet[str]) -> bool:
    assert allowance.grade in GRADES[1:]
    return "consent." + allowance.consent_to + "." + allowance.grade in facts


def allowances(policy: Policy) -> Iterator[Allowance]:
    yield from of_functions(policy)
    yield from of_recipients(policy)
    yield from of_lines(policy)


def of_functions(policy: Policy) -> Iterator[Allowance]:
    for name, function in policy.functions.items():
        terms = (function.basis, function.grade, name, function.after)
        own = list(function.needs) + list(function.optional)
        for item in own:
            yield Allowance(item, function.purpose, "collect", None, *terms)
            yield Allowance(item, function.purpose, "use", None, *terms)
        for recipient in function.shares:
            for item in policy.recipients[recipient].receives or own:
                yield Allowance(item, function.purpose, "share", recipient, *terms)


def of_recipients(policy: Policy) -> Iterator[Allowance]:
    shared_by_a_function = {name for function in policy.functions.values() for name in function.shares}
    for name, recipient in policy.recipients.items():
        if recipient.basis is None or name in shared_by_a_function:
            continue
        for purpose in recipient.purposes:
            for item in recipient.receives:
                terms = (recipient.basis, recipient.grade, "recipients." + name, ())
                yield Allowance(item, purpose, "share", name, *terms)


def of_lines(policy: Policy) -> Iterator[Allowance]:
    for name, line in policy.flows.items():
        terms = (line.basis, line.grade, "flows." + name, line.after)
        for purpose in line.purposes:
            for to in line.to or [None]:
                for item in line.items:
                    yield Allowance(item, purpose, line.action, to, *terms)
