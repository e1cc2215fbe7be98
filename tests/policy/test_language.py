"""The language can say what other real policies say: sale by category, answers in steps, agents, age bands."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.support import found, policy_with
from troth.base.errors import InputError
from troth.base.period import Period
from troth.policy.flows import flows
from troth.policy.lint import lint
from troth.policy.model import Policy
from troth.policy.read import from_value

CALIFORNIA = """
languages: [en]
regimes: [us-ca]
categories:
  A: {label: identifiers}
  B: {label: customer records}
  D: {label: commercial information}
  F: {label: internet activity, sources: [observed]}
items:
  name: {label: real name, category: A}
  ip: {label: IP address, category: A}
  card: {label: credit card number, category: B, sensitive: true}
  orders: {label: products purchased, category: D}
  history: {label: browsing history, category: F}
purposes:
  service: {label: providing the service}
  ads: {label: advertising}
  debug: {label: debugging}
recipients:
  ad-networks: {kind: partner, name: advertising networks, country: us}
  vendors:
    kind: processor
    name: service providers
    terms: {purpose: only for the disclosed purposes, confidential: strict confidentiality}
  aggregators: {kind: public, name: anybody}
flows:
  use.service: {label: use, action: use, items: [A, B, D, F], for: service, basis: contract}
  use.debug: {label: debugging, action: use, items: [A, B, D], for: debug, basis: legitimate-interests}
  disclose.vendors: {label: vendors, action: disclose, items: [A, B], for: service, to: vendors, basis: contract}
  sell.ads: {label: sale, action: sell, items: F, for: ads, to: ad-networks, basis: consent, grade: deemed}
technologies:
  analytics:
    label: analytics cookies
    for: ads
    kind: cookie
    lasts: 13 months
    refuse_by: {browser: set the browser to refuse cookies}
    basis: consent
    grade: deemed
rights:
  access:
    label: right to know
    by: [website, phone, post]
    who: [self, agent]
    acknowledge: 10 business days
    within: 45 days
    extension: 45 days
    frequency: {times: 2, per: 12 months, counted: calendar-year}
    items: [A, B, D, F]
  erasure:
    label: deletion
    by: [website, phone]
    who: [self, agent]
    within: regime
    tell_recipients: true
    cases: {collected: what was collected from you and kept}
  opt-out:
    label: do not sell
    by: self-service
    within: 15 business days
  correction: {label: correction, by: self-service}
requests:
  within: 45 days
  proof:
    account: signing in to the account
    agent: registration with the Secretary of State
    attorney: a power of attorney
  fee: {first: free, repeated: cost, label: excessive requests are charged after an estimate}
  refuse:
    transaction: {label: needed to complete the transaction}
    unproven: {label: identity or authority not proved, needs_evidence: true}
closed: [refuse]
minors:
  below: 18
  rule: barred
  bands: {teen: {below: 16, rule: opt-in}}
changes: {tell: [email, homepage], material: {use: a material change of use}, new_purpose: none, keeps_versions: false}
"""


@pytest.fixture(name="california")
def _california() -> Policy:
    return policy_with(CALIFORNIA)


def test_a_matrix_of_purposes_and_categories_becomes_flows(california: Policy) -> None:
    matrix: dict[tuple[str, str, str | None], set[str]] = {}
    for flow in flows(california):
        matrix.setdefault((flow.purpose, flow.action, flow.recipient), set()).add(flow.item)
    assert matrix == {
        ("service", "use", None): {"name", "ip", "card", "orders", "history"},
        ("debug", "use", None): {"name", "ip", "card", "orders"},
        ("service", "disclose", "vendors"): {"name", "ip", "card"},
        ("ads", "sell", "ad-networks"): {"history"},
    }


def test_steps_of_an_answer_are_periods_of_their_own(california: Policy) -> None:
    access = california.rights["access"]
    assert access.acknowledge == Period(10, "business_days_us")
    assert (access.within, access.extension) == (Period(45, "days"), Period(45, "days"))
    assert access.frequency is not None
    assert (access.frequency.times, access.frequency.per) == (2, Period(12, "months"))
    assert access.frequency.counted == "calendar-year"
    assert access.who == ("agent", "self")


def test_a_deadline_of_law_is_the_law_s_figure(california: Policy) -> None:
    assert california.rights["erasure"].within == Period(45, "days")


def test_a_matrix_survives_the_database(california: Policy) -> None:
    again = from_value(california.value)
    assert again == california
    assert flows(again) == flows(california)


def test_what_is_weak_in_it_is_found(california: Policy) -> None:
    rules = {finding.rule for finding in lint(california)}
    assert {"age-rule-without-age", "minors-band-idle", "sensitive-shared-lightly", "retention-missing"} <= rules
    assert "right-missing" not in rules
    assert "refusal-grounds-open" not in rules


APP = """
languages: [en]
items:
  mail: {label: e-mail, tells: email}
  portrait: {label: account portrait}
  phone: {label: mobile number}
purposes: {account: {label: account}, push: {label: push}}
recipients:
  urora:
    kind: sdk
    name: URORA SDK
    function: message push and other functions
    receives: mail
    for: push
    policy: https://push.example/license/privacy
functions:
  sign-up: {label: sign-up, for: account, basis: contract, needs: [mail, portrait], optional: phone}
  push: {label: p, for: push, basis: consent, grade: explicit, needs: mail, shares: urora, withdrawn: stop processing}
flows:
  transfer.merger: {label: merger, action: transfer, items: all, for: account, basis: contract}
  publish.consent: {label: publication, action: publish, basis: consent, grade: explicit}
security:
  measures:
    transit: {label: sent with AES, kind: encryption, names: [AES]}
    rest: {label: sensitive data is kept as MD5, kind: encryption, names: [MD5]}
    staff: {label: training, kind: training, every: 1 year}
  reports: {risk: {label: risk report, vaguely: from time to time}}
rights:
  access: {label: access, by: email, within: 30 days}
  portability: {label: a copy to a third party, by: email, within: 30 days, cases: {possible: where practicable}}
  explanation: {label: automated decisions, by: email, within: 30 days}
requests:
  refuse:
    repetition: {label: repeated without reason, discretionary: true}
    effort: {label: excessive technical means, discretionary: true}
    duty: {label: our own legal duty}
retention: {all-data: {items: all, for: unstated, then: [erase], exceptions: {law: unless law says otherwise}}}
minors:
  below: 14
  rule: guardian
  limits: {only: 'used only as law, the guardian or the protection of the child allows'}
storage: {in: us, abroad: {rule: conditions, grade: general, needs: {standard: equivalent protection}}}
changes:
  material:
    purpose: purposes change
    owner: the owner changes
    recipients: recipients change
    rights: rights change
    contact: the contact changes
    risk: an assessment shows high risk
  tell: [email, announcement]
  notice: 30 days
  new_purpose: explicit
  keeps_versions: true
incident:
  say: {what: what happened, measures: what is done}
  by: [email, post, phone, push]
  else: public notice
  report: the regulator
  within: 72 hours
"""


def test_an_app_with_an_archive_of_versions_and_six_material_changes() -> None:
    policy = policy_with(APP)
    assert len(policy.changes.material) == 6
    assert policy.changes.keeps_versions
    assert policy.changes.notice == Period(30, "days")
    assert policy.changes.new_purpose == "explicit"
    assert policy.minors is not None
    assert policy.minors.rule == "guardian"
    assert policy.incident is not None
    assert policy.incident.within == Period(72, "hours")
    assert from_value(policy.value) == policy


def test_its_broken_hash_and_its_open_grounds_are_found() -> None:
    assert [finding.clause for finding in found("weak-cryptography", APP)] == ["security.measures.rest"]
    assert found("refusal-grounds-open", APP)
    assert [finding.clause for finding in found("retention-unstated", APP)] == ["retention.all-data"]
    assert found("deadline-looser-than-law", APP) == []  # it names no regime


def test_a_transfer_of_everything_reaches_every_item() -> None:
    policy = policy_with(APP)
    moved = {flow.item for flow in flows(policy) if flow.action == "transfer"}
    assert moved == set(policy.items)
    assert not [flow for flow in flows(policy) if flow.action == "publish"]


@pytest.mark.parametrize(("written", "dumped"), [("2022-10", "2022-10"), ("2022-10-01", "2022-10-01")])
def test_a_text_that_names_a_month_has_a_month(written: str, dumped: str) -> None:
    policy = policy_with(f"updated: {written}\neffective: {written}\n")
    assert policy.updated == policy.effective == date(2022, 10, 1)
    assert policy.value["updated"] == policy.value["effective"] == dumped
    assert from_value(policy.value).hash == policy.hash


@pytest.mark.parametrize("written", ["2022-13", "2022-00", "2022-1", "0000-01", "2022"])
def test_what_is_no_month_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="is not a date"):
        policy_with(f"updated: {written}\n")
