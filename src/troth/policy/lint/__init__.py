"""Lint: what makes a policy false, contradictory or weak, found before it is published."""

from __future__ import annotations

from troth.base.errors import Position
from troth.policy.lint.model import SEVERITIES, Finding, Found, Rule, Severity
from troth.policy.lint.rules import (
    acceptance_contradiction,
    affiliates_unnamed,
    age_rule_without_age,
    controller_contact_missing,
    deadline_looser_than_law,
    deadlines_disagree,
    effective_before_updated,
    function_without_items,
    item_list_open,
    item_without_purpose,
    languages_differ,
    minors_band_idle,
    necessary_and_optional,
    optional_item_as_gate,
    permission_without_function,
    plain_http_link,
    prevailing_language_missing,
    purpose_outside_list,
    purpose_without_function,
    recipient_item_undeclared,
    recipient_without_function,
    refusal_grounds_open,
    retention_missing,
    retention_unstated,
    right_missing,
    self_start_contradiction,
    sensitive_shared_lightly,
    storage_abroad_contradiction,
    unknown_regime,
    vague_deadline,
    weak_cryptography,
    withdrawal_undefined,
)
from troth.policy.model import Policy

RULES: tuple[Rule, ...] = (
    acceptance_contradiction.RULE,
    affiliates_unnamed.RULE,
    age_rule_without_age.RULE,
    controller_contact_missing.RULE,
    deadline_looser_than_law.RULE,
    deadlines_disagree.RULE,
    effective_before_updated.RULE,
    function_without_items.RULE,
    item_list_open.RULE,
    item_without_purpose.RULE,
    languages_differ.RULE,
    minors_band_idle.RULE,
    necessary_and_optional.RULE,
    optional_item_as_gate.RULE,
    permission_without_function.RULE,
    plain_http_link.RULE,
    prevailing_language_missing.RULE,
    purpose_outside_list.RULE,
    purpose_without_function.RULE,
    recipient_item_undeclared.RULE,
    recipient_without_function.RULE,
    refusal_grounds_open.RULE,
    retention_missing.RULE,
    retention_unstated.RULE,
    right_missing.RULE,
    self_start_contradiction.RULE,
    sensitive_shared_lightly.RULE,
    storage_abroad_contradiction.RULE,
    unknown_regime.RULE,
    vague_deadline.RULE,
    weak_cryptography.RULE,
    withdrawal_undefined.RULE,
)


def lint(policy: Policy) -> tuple[Finding, ...]:
    """All findings, worst first, then by rule and clause. One of severity `error` blocks publication."""
    findings = [_finding(policy, rule, found) for rule in RULES for found in rule.find(policy)]
    return tuple(
        sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.rule, each.clause, each.message))
    )


def _finding(policy: Policy, rule: Rule, found: Found) -> Finding:
    return Finding(rule.name, rule.severity, found.clause, found.message, found.hint, _where(policy, found.clause))


def _where(policy: Policy, clause: str) -> Position | None:
    """Where the clause stands, or the nearest one above it that was written down."""
    path = clause
    while path not in policy.places and "." in path:
        path = path.rpartition(".")[0]
    return policy.places.get(path)


__all__ = ["RULES", "SEVERITIES", "Finding", "Rule", "Severity", "lint"]
