"""Lint: what makes a policy false, contradictory or weak, found before it is published."""

from __future__ import annotations

from dataclasses import replace

from troth.base.errors import Position
from troth.policy.lint.model import SEVERITIES, Finding, Found, Rule, Severity, place_of
from troth.policy.lint.rules import (
    acceptance_contradiction,
    affiliates_unnamed,
    age_rule_without_age,
    anonymity_contradicted,
    automated_without_refusal,
    backups_without_deadline,
    basis_unstated,
    change_notice_missing,
    channel_without_address,
    cipher_without_protocol,
    closing_without_effects,
    complete_list_exceeded,
    consent_emptied_by_use,
    consent_for_authority,
    contact_without_address,
    controller_called_otherwise,
    controller_contact_missing,
    controller_unnamed,
    cookie_lifetime_missing,
    date_missing,
    deadline_looser_than_law,
    deadline_start_open,
    deadlines_disagree,
    disclosures_without_secrecy,
    effective_before_updated,
    exemption_expired,
    exemption_without_purpose,
    fee_without_tariff,
    figures_differ,
    frequency_below_law,
    function_without_items,
    hash_as_encryption,
    history_beyond_rules,
    incident_channel_unreachable,
    interpretation_reserved,
    item_list_open,
    item_not_collectable,
    item_under_two_bases,
    item_without_purpose,
    item_without_source,
    kept_by_us_and_others,
    languages_differ,
    law_and_court_differ,
    line_without_items,
    list_left_open,
    minors_band_idle,
    minors_barred_and_asked,
    necessary_and_optional,
    new_purpose_exempted,
    observed_on_no_ground,
    officer_unnamed,
    old_versions_missing,
    only_line_contradicted,
    opt_out_unheard,
    optional_item_as_gate,
    permission_beyond_need,
    permission_forces_optional_item,
    permission_without_function,
    plain_http_link,
    prevailing_language_missing,
    processor_decides,
    purpose_beyond_items,
    purpose_outside_list,
    purpose_without_function,
    recipient_item_undeclared,
    recipient_outside_storage,
    recipient_without_function,
    recipients_unnamed,
    refusal_by_leaving,
    refusal_grounds_open,
    refusal_with_hole,
    retention_missing,
    retention_unstated,
    right_missing,
    right_without_procedure,
    rule_set_gaps,
    rule_sets_disagree,
    scope_excludes_collected,
    security_disclaimed,
    self_service_by_message,
    self_start_contradiction,
    sensitive_asked_lightly,
    sensitive_shared_lightly,
    sensitive_unlisted,
    share_without_limit,
    shared_below_promise,
    signal_ignored,
    sources_disagree,
    storage_abroad_contradiction,
    successor_chooses,
    successor_unbound,
    terms_outranked,
    unknown_regime,
    vague_deadline,
    weak_cryptography,
    weak_wording,
    withdrawal_undefined,
    withdrawal_without_erasure,
)
from troth.policy.model import Policy
from troth.policy.rule_sets import address, rule_set

RULES: tuple[Rule, ...] = (
    acceptance_contradiction.RULE,
    affiliates_unnamed.RULE,
    age_rule_without_age.RULE,
    anonymity_contradicted.RULE,
    automated_without_refusal.RULE,
    backups_without_deadline.RULE,
    basis_unstated.RULE,
    change_notice_missing.RULE,
    channel_without_address.RULE,
    cipher_without_protocol.RULE,
    closing_without_effects.RULE,
    complete_list_exceeded.RULE,
    consent_emptied_by_use.RULE,
    consent_for_authority.RULE,
    contact_without_address.RULE,
    controller_called_otherwise.RULE,
    controller_contact_missing.RULE,
    controller_unnamed.RULE,
    cookie_lifetime_missing.RULE,
    date_missing.RULE,
    deadline_looser_than_law.RULE,
    deadline_start_open.RULE,
    deadlines_disagree.RULE,
    disclosures_without_secrecy.RULE,
    effective_before_updated.RULE,
    exemption_expired.RULE,
    exemption_without_purpose.RULE,
    fee_without_tariff.RULE,
    figures_differ.RULE,
    frequency_below_law.RULE,
    function_without_items.RULE,
    hash_as_encryption.RULE,
    history_beyond_rules.RULE,
    incident_channel_unreachable.RULE,
    interpretation_reserved.RULE,
    item_list_open.RULE,
    item_not_collectable.RULE,
    item_under_two_bases.RULE,
    item_without_purpose.RULE,
    item_without_source.RULE,
    kept_by_us_and_others.RULE,
    languages_differ.RULE,
    law_and_court_differ.RULE,
    line_without_items.RULE,
    list_left_open.RULE,
    minors_band_idle.RULE,
    minors_barred_and_asked.RULE,
    necessary_and_optional.RULE,
    new_purpose_exempted.RULE,
    observed_on_no_ground.RULE,
    officer_unnamed.RULE,
    old_versions_missing.RULE,
    only_line_contradicted.RULE,
    opt_out_unheard.RULE,
    optional_item_as_gate.RULE,
    permission_beyond_need.RULE,
    permission_forces_optional_item.RULE,
    permission_without_function.RULE,
    plain_http_link.RULE,
    prevailing_language_missing.RULE,
    processor_decides.RULE,
    purpose_beyond_items.RULE,
    purpose_outside_list.RULE,
    purpose_without_function.RULE,
    recipient_item_undeclared.RULE,
    recipient_outside_storage.RULE,
    recipient_without_function.RULE,
    recipients_unnamed.RULE,
    refusal_by_leaving.RULE,
    refusal_grounds_open.RULE,
    refusal_with_hole.RULE,
    retention_missing.RULE,
    retention_unstated.RULE,
    right_missing.RULE,
    right_without_procedure.RULE,
    rule_set_gaps.RULE,
    rule_sets_disagree.RULE,
    scope_excludes_collected.RULE,
    security_disclaimed.RULE,
    self_service_by_message.RULE,
    self_start_contradiction.RULE,
    sensitive_asked_lightly.RULE,
    sensitive_shared_lightly.RULE,
    sensitive_unlisted.RULE,
    share_without_limit.RULE,
    shared_below_promise.RULE,
    signal_ignored.RULE,
    sources_disagree.RULE,
    storage_abroad_contradiction.RULE,
    successor_chooses.RULE,
    successor_unbound.RULE,
    terms_outranked.RULE,
    unknown_regime.RULE,
    vague_deadline.RULE,
    weak_cryptography.RULE,
    weak_wording.RULE,
    withdrawal_undefined.RULE,
    withdrawal_without_erasure.RULE,
)


def lint(policy: Policy, language: str = "en") -> tuple[Finding, ...]:
    """All findings in one language, worst first, then by rule and clause; the order is the same in every language. One
    of severity `error` blocks publication. Raises InputError `policy.no-language`.
    """
    chosen, english = place_of(language), place_of("en")
    found = {(rule, each) for rule in RULES for each in rule.find(policy)}
    for name in policy.rule_sets:
        found |= _of_rule_set(policy, name)
    ordered = sorted(
        found,
        key=lambda each: (SEVERITIES.index(each[0].severity), each[0].name, each[1].clause, each[1].message[english]),
    )
    return tuple(_finding(policy, rule, each, chosen) for rule, each in ordered)


def _of_rule_set(policy: Policy, name: str) -> set[tuple[Rule, Found]]:
    """What is weak in the policy that the audience of a rule set reads, at the clauses that it comes from."""
    view = rule_set(policy, name)
    return {
        (rule, replace(each, clause=address(policy, name, each.clause)))
        for rule in RULES
        if not rule.whole
        for each in rule.find(view)
    }


def _finding(policy: Policy, rule: Rule, found: Found, chosen: int) -> Finding:
    where = _where(policy, found.clause)
    return Finding(rule.name, rule.severity, found.clause, found.message[chosen], found.hint[chosen], where)


def _where(policy: Policy, clause: str) -> Position | None:
    """Where the clause stands, or the nearest one above it that was written down."""
    path = clause
    while path not in policy.places and "." in path:
        path = path.rpartition(".")[0]
    return policy.places.get(path)


__all__ = ["RULES", "SEVERITIES", "Finding", "Rule", "Severity", "lint"]
