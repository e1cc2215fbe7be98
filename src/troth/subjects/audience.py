"""Which rule set of a policy a person belongs to. It is a fact like any other, so every decision sees it."""

from __future__ import annotations

from collections.abc import Collection

from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.model import Policy
from troth.policy.rule_sets import known
from troth.subjects import facts
from troth.subjects.service import commitment
from troth.subjects.vault import Vault


def audience_fact(rule_set: str) -> str:
    """The fact that a person belongs to the audience of `rule_set`."""
    return f"audience.{rule_set}"


def audience(work: Work, subject: str, policy: Policy) -> str | None:
    """The rule set that the person belongs to; None for the general rules, which hold wherever none was chosen."""
    return None if not policy.rule_sets else audience_among(facts.facts(work, subject), policy)


def audience_among(held: Collection[str], policy: Policy) -> str | None:
    """The same, of a person whose facts are known already."""
    found = [name for name in policy.rule_sets if audience_fact(name) in held]
    return found[0] if len(found) == 1 else None


def belong(work: Work, vault: Vault, subject: str, policy: Policy, rule_set: str | None) -> None:
    """Say that the person belongs to the audience of `rule_set` alone, or of the general rules (None).

    Raises InputError `policy.unknown-rule-set`, `subjects.unknown`; RefusedError `subjects.shredded`.
    """
    chosen = None if rule_set is None else known(policy, rule_set)
    one_writer(work)
    if audience(work, subject, policy) == chosen:
        return
    number = work.new_id("aud")
    refs = {"choice": number, "subject": commitment(work, vault, subject, number), "audience": chosen or "general"}
    journal.append(work, "subject.audience", refs)
    added = [audience_fact(chosen)] if chosen else []
    facts.change(work, subject, add=added, remove=[audience_fact(name) for name in policy.rule_sets])
