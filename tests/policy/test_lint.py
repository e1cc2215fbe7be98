"""The lint framework: every rule has its page, finds the bad example and not the good one, and names a place."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.policy.support import ROOT, found, kaiconn, policy_with
from troth.policy.lint import RULES, SEVERITIES, Finding, Rule, lint
from troth.policy.read import from_value

PAGES = ROOT / "docs" / "lint"
NAMES = [rule.name for rule in RULES]


@cache
def page(rule: str) -> str:
    return (PAGES / f"{rule}.md").read_text(encoding="utf-8")


def block(rule: str, heading: str) -> str:
    found = re.search(rf"^## {heading}\n\n```yaml\n(.*?)```", page(rule), re.MULTILINE | re.DOTALL)
    assert found, f"{rule} has no {heading.lower()} example"
    return found[1]


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_finds_the_bad_example_of_its_page(rule: str) -> None:
    findings = found(rule, block(rule, "Bad"))
    assert findings
    for finding in findings:
        assert finding.where is not None
        assert finding.hint
        assert finding.message[0] == finding.message[0].lower()
        assert not finding.message.endswith(".")


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_does_not_find_the_good_example_of_its_page(rule: str) -> None:
    assert found(rule, block(rule, "Good")) == []


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_the_page_of_a_rule_states_its_severity(rule: Rule) -> None:
    assert page(rule.name).startswith(f"# {rule.name}\n\nSeverity: **{rule.severity}**\n")
    assert "## Why it matters\n" in page(rule.name)
    assert f"| [{rule.name}]({rule.name}.md) | {rule.severity} |" in page("index")


def test_rules_and_pages_are_the_same() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert {path.stem for path in PAGES.glob("*.md")} == {*NAMES, "index"}


def test_findings_come_worst_first() -> None:
    sections = (
        "controller: {name: X}\n"  # no contact: error
        "languages: [en, zh]\n"  # none prevails: warning
        "requests: {within: 10 days}\n"
        "rights: {access: {label: x, within: 5 days}}"  # another deadline: note
    )
    findings = lint(policy_with(sections))
    ranks = [SEVERITIES.index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert {0, 1, 2} == set(ranks)


def test_a_policy_from_the_database_is_judged_alike_without_places() -> None:
    stored = lint(from_value(kaiconn().value))
    assert [(each.rule, each.clause, each.message) for each in stored] == [
        (each.rule, each.clause, each.message) for each in lint(kaiconn())
    ]
    assert {each.where for each in stored} == {None}


def test_a_finding_reads_as_a_line_that_an_editor_can_follow() -> None:
    (finding,) = found("plain-http-link", block("plain-http-link", "Bad"))
    assert str(finding) == (
        "sections.yaml:2:41: warning plain-http-link: `http://push.example/privacy` is not encrypted "
        "(link to the `https://` address)"
    )
    assert str(Finding("r", "note", "c", "m", "h", None)) == "note r: m (h)"


def test_a_finding_about_what_is_not_written_stands_at_the_nearest_clause_above() -> None:
    (finding,) = found("controller-contact-missing", "controller: {name: Example Ltd, contacts: {within: 5 days}}")
    assert str(finding.where) == "sections.yaml:1:1"


def test_every_finding_at_kaiconn_names_a_clause_that_is_there() -> None:
    for finding in lint(kaiconn()):
        assert finding.clause in kaiconn().addresses, finding
        assert finding.where == kaiconn().places[finding.clause]
