"""What the tests of the policy language share: small policies, and what is wrong with a text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from troth.base.errors import InputError
from troth.policy.lint import Finding, lint
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.policy.yaml_reader import read

ROOT = Path(__file__).parents[2]
KAICONN = ROOT / "examples" / "kaiconn" / "policy.yaml"

HEAD = {
    "troth": "troth: 1",
    "policy": "policy: shop",
    "title": "title: Privacy policy",
    "updated": "updated: 2026-01-01",
    "languages": "languages: [en]",
    "controller": "controller: {name: Example Ltd, contacts: {email: privacy@company.example}}",
}
"""What every policy needs, one line a key."""

SHOP = """\
troth: 1
policy: shop
title: Privacy policy
updated: 2026-01-01
languages: [en]
controller: {name: Example Ltd}
categories:
  contact: {label: contact, sensitive: true}
items:
  account.phone: {label: mobile number, category: contact}
  account.name: {label: name}
purposes:
  account: {label: registration}
recipients:
  mailer: {kind: processor, name: mail service, receives: account.name, for: account}
functions:
  register:
    label: registration
    for: account
    basis: contract
    needs: [account.phone]
    optional: [account.name]
    shares: mailer
rights:
  erasure: {label: erasure, by: [email], within: 15 days}
"""


def policy_of(text: str) -> Policy:
    """The policy of one file."""
    return parse({"policy.yaml": text})


def policy_with(sections: str) -> Policy:
    """The policy that has `sections` and, for every other required key, the line of `HEAD`."""
    given = read("sections.yaml", sections).value
    assert isinstance(given, dict)
    head = "\n".join(line for key, line in HEAD.items() if key not in given)
    return parse({"head.yaml": head, "sections.yaml": sections})


def problems(*texts: str) -> list[str]:
    """`file:line:column code` of every problem of the files `1.yaml`, `2.yaml` …"""
    with pytest.raises(InputError) as caught:
        parse({f"{number}.yaml": text for number, text in enumerate(texts, 1)})
    return [f"{problem.where} {problem.code}" for problem in caught.value.problems()]


def shop(old: str = "", new: str = "") -> str:
    """The text of the shop's policy, with one replacement that must change it."""
    text = SHOP.replace(old, new, 1) if old else SHOP
    assert not old or text != SHOP
    return text


def found(rule: str, sections: str) -> list[Finding]:
    """What one rule finds in the policy that has `sections`."""
    return [finding for finding in lint(policy_with(sections)) if finding.rule == rule]


def clauses_of(rule: str, sections: str) -> list[str]:
    """The clauses at which the rule finds something."""
    return [finding.clause for finding in found(rule, sections)]


@cache
def kaiconn() -> Policy:
    """The Kaiconn policy of the examples."""
    return parse({"policy.yaml": KAICONN.read_text(encoding="utf-8")})
