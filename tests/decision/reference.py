"""What a decision is, written out over sets of fact names: slow, obvious, without bits, masks or indexes.

It reads the policy's declarations itself and shares no code with the engine, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from troth.policy.model import GRADES, Policy
from troth.policy.rule_sets import rule_set


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
    dispensable: bool
    automated: bool


def decide(policy: Policy, facts: AbstractSet[str], purpose: str, item: str, action: str, recipient: str | None) -> str:
    """`allowed`, `denied` or `gap`."""
    rules = rules_for(policy, facts)
    return (
        "gap" if rules is None else by_rules(rules, tuple(allowances(rules)), facts, (item, purpose, action, recipient))
    )


def by_rules(
    rules: Policy,
    every: tuple[Allowance, ...],
    facts: AbstractSet[str],
    asked: tuple[str, str, str, str | None],
) -> str:
    """The same by the rules of the person's audience and all that they allow."""
    speaking = [each for each in every if (each.item, each.purpose, each.action, each.recipient) == asked]
    if not speaking:
        return "gap"
    return "allowed" if any(satisfied(rules, allowance, facts) for allowance in speaking) else "denied"


def rules_for(policy: Policy, facts: AbstractSet[str]) -> Policy | None:
    """The rules of the one audience that the person belongs to; nobody's rules speak to one who belongs to two."""
    mine = [name for name in policy.rule_sets if "audience." + name in facts]
    if len(mine) > 1:
        return None
    return rule_set(policy, mine[0] if mine else None)


def satisfied(rules: Policy, allowance: Allowance, facts: AbstractSet[str]) -> bool:
    if "account.open" not in facts:
        return False
    for fact in allowance.after:
        if fact not in facts:
            return False
    for fact in ("restricted", "account.closed", "age.barred", "objected." + allowance.purpose):
        if fact in facts:
            return False
    if allowance.action == "collect" and "account.closing" in facts:
        return False
    if opted_out(rules, allowance, facts):
        return False
    return old_enough(rules, allowance, facts)


def opted_out(rules: Policy, allowance: Allowance, facts: AbstractSet[str]) -> bool:
    if "opted-out.sale" in facts and allowance.action == "sell":
        return True
    if advertises(rules, allowance.purpose):
        if "opted-out.targeted-advertising" in facts:
            return True
        if "opted-out.sharing" in facts and allowance.action in ("share", "transfer", "disclose", "sell"):
            return True
    if "opted-out.sensitive" in facts and allowance.dispensable and is_sensitive(rules, allowance.item):
        return True
    return allowance.automated and ("opted-out.profiling" in facts or "opted-out.automated" in facts)


def advertises(rules: Policy, purpose: str | None) -> bool:
    """Whether a signal that is honoured refuses the purpose, or one that it is a part of."""
    seen = set()
    while purpose is not None and purpose not in seen:
        for signal in rules.signals.values():
            if signal.honoured and purpose in signal.refuses:
                return True
        seen.add(purpose)
        purpose = rules.purposes[purpose].part_of
    return False


def is_sensitive(rules: Policy, item: str) -> bool:
    if rules.items[item].sensitive:
        return True
    category = rules.items[item].category
    while category is not None:
        if rules.categories[category].sensitive:
            return True
        category = rules.categories[category].category
    return False


def old_enough(rules: Policy, allowance: Allowance, facts: AbstractSet[str]) -> bool:
    """Whether the age rules that apply to the person are kept, the consent that the flow rests on among them."""
    applying = age_rules(rules, facts)
    if "barred" in applying:
        return False
    grade = allowance.grade
    if "sensitive" in applying:
        grade = higher(grade, "separate")
    if "guardian" in applying:
        grade = "guardian-verified"
    if allowance.basis == "consent":
        if "consent." + allowance.consent_to + "." + grade not in facts:
            return False
    elif "guardian" in applying and asks_a_guardian(allowance) and "guardian.agreed" not in facts:
        return False
    return not ("opt-in" in applying and allowance.action == "sell" and "opted-in.sale" not in facts)


def asks_a_guardian(allowance: Allowance) -> bool:
    return allowance.basis not in ("legal-obligation", "vital-interests", "public-interest")


def age_rules(rules: Policy, facts: AbstractSet[str]) -> set[str]:
    """The rules for the person's age: of the limits that the policy knows, the lowest that they are below counts."""
    if rules.minors is None:
        return set()
    bands = [(0, rules.minors.below, str(rules.minors.rule))]
    bands += [
        (one.at_least or 0, one.below + (1 if one.inclusive else 0), one.rule) for one in rules.minors.bands.values()
    ]
    limits = sorted({limit for start, end, _ in bands for limit in (start, end) if limit})
    for limit in limits:
        if "age.below." + str(limit) in facts:
            return {rule for start, end, rule in bands if start < limit <= end}
    return set()


def higher(one: str, other: str) -> str:
    order = [str(grade) for grade in GRADES]
    return one if order.index(one) >= order.index(other) else other


def allowances(rules: Policy) -> Iterator[Allowance]:
    yield from of_functions(rules)
    yield from of_recipients(rules)
    yield from of_lines(rules)


def of_functions(rules: Policy) -> Iterator[Allowance]:
    for name, function in rules.functions.items():
        terms = (function.basis, function.grade, name, function.after)
        for item in (*function.needs, *function.optional):
            can_do_without = item not in function.needs
            for action in ("collect", "use"):
                yield Allowance(item, function.purpose, action, None, *terms, can_do_without, function.automated)
        for recipient in function.shares:
            for item in rules.recipients[recipient].receives or (*function.needs, *function.optional):
                can_do_without = item not in function.needs
                yield Allowance(item, function.purpose, "share", recipient, *terms, can_do_without, function.automated)


def of_recipients(rules: Policy) -> Iterator[Allowance]:
    shared_by_a_function = {name for function in rules.functions.values() for name in function.shares}
    for name, recipient in rules.recipients.items():
        if recipient.basis is None or name in shared_by_a_function:
            continue
        for purpose in recipient.purposes:
            for item in recipient.receives:
                terms = (recipient.basis, recipient.grade, "recipients." + name, ())
                yield Allowance(item, purpose, "share", name, *terms, True, False)


def of_lines(rules: Policy) -> Iterator[Allowance]:
    for name, line in rules.flows.items():
        terms = (line.basis, line.grade, "flows." + name, line.after)
        for purpose in line.purposes:
            for to in line.to or [None]:
                for item in line.items:
                    yield Allowance(item, purpose, line.action, to, *terms, True, False)
