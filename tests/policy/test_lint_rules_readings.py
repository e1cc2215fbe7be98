"""Rules that read what a policy says in words: what they hear, and what they leave alone."""

from __future__ import annotations

import pytest

from tests.policy.support import clauses_of, found, policy_with, problems
from troth.policy.flows import flows
from troth.policy.rule_sets import rule_set

BOTH = "languages: [zh, en]\nprevails: zh\ntitle: {zh: 政策, en: policy}\ncontroller: {name: {zh: 公司, en: company}}\n"
PURPOSES = "purposes: {p: {label: p}, q: {label: %s}}\n"


def counting(limit: str, other: str, purpose: str = "q", needs: str = "log") -> str:
    return (
        "categories: {c: {label: c}}\n"
        "items: {log: {label: log, category: c}, beside: {label: b, category: c}, far: {label: f}}\n"
        + PURPOSES % purpose
        + f'functions:\n  a: {{label: a, for: p, basis: contract, needs: log, limits: {{x: "{limit}"}}}}\n'
        + f'  b: {{label: b, for: q, basis: contract, needs: {needs}, limits: {{y: "{other}"}}}}\n'
    )


@pytest.mark.parametrize(
    ("limit", "other", "purpose", "needs", "contradicted"),
    [
        ("only in anonymous form", "we authenticate you", "q", "log", True),
        ("we do not identify anyone", "we authenticate you", "q", "beside", True),  # the same family
        ("不用于识别特定个人", "用于验证身份", "q", "log", True),
        ("identifies nobody", "nothing special", "building profiles", "log", True),
        ("identifies nobody", "we authenticate you", "q", "far", False),  # other data
        ("identifies nobody", "to keep things going", "q", "log", False),
        ("only what is needed", "we authenticate you", "q", "log", False),
        ("identifies nobody", "anonymous profiles", "q", "log", False),  # identifies nobody either
    ],
)
def test_data_that_identifies_in_one_function_is_not_anonymous_in_another(
    limit: str, other: str, purpose: str, needs: str, contradicted: bool
) -> None:
    clauses = clauses_of("anonymity-contradicted", counting(limit, other, purpose, needs))
    assert clauses == (["functions.a.limits.x"] if contradicted else [])


@pytest.mark.parametrize(
    ("label", "item", "excluded", "outside"),
    [
        ("writing to us", "x", "what we collect offline", True),
        ("service", "letters that you send", "what we collect offline", True),
        ("service", "telephone number", "what we collect offline", False),  # given online
        ("visiting", "pages", "what we collect offline", False),
        ("writing to us", "x", "sites of others", False),
    ],
)
def test_what_is_taken_offline_is_outside_a_scope_that_leaves_it_out(
    label: str, item: str, excluded: str, outside: bool
) -> None:
    text = (
        f"scope: {{excludes: {{out: {excluded}}}}}\nitems: {{i: {{label: {item}}}}}\npurposes: {{p: {{label: p}}}}\n"
        f"functions: {{f: {{label: {label}, for: p, basis: contract, needs: i}}}}"
    )
    assert clauses_of("scope-excludes-collected", text) == (["functions.f"] if outside else [])


def from_others(basis: str, sources: str, asked: str) -> str:
    return (
        f"items: {{i: {{label: i, sources: {sources}}}}}\npurposes: {{p: {{label: p}}}}\n"
        f"functions: {{f: {{label: f, for: p, basis: {basis}, needs: i}}}}\n"
        f"rule_sets: {{o: {{label: o, alone: true, flows: {{l: {{label: l, {asked}}}}}}}}}"
    )


ASKED = "action: collect, sources: recipient, basis: consent, grade: general"


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (from_others("unstated", "recipient", ASKED), ["functions.f"]),
        (from_others("contract", "public", ASKED), ["functions.f"]),
        (from_others("unstated", "person", ASKED), []),
        (from_others("consent, grade: general", "recipient", ASKED), []),
        (from_others("unstated", "recipient", "action: collect, sources: recipient, basis: contract"), []),
        (from_others("unstated", "recipient", ASKED.replace("sources: recipient, ", "")), []),
    ],
)
def test_what_others_tell_is_asked_for_everywhere_or_nowhere(text: str, clauses: list[str]) -> None:
    assert clauses_of("sources-disagree", text) == clauses


def test_a_supplement_that_inherits_the_function_is_found_once() -> None:
    text = from_others("unstated", "recipient", ASKED) + "\n"
    assert clauses_of("sources-disagree", text.replace(", alone: true", "")) == ["functions.f"]


def test_a_line_about_sources_allows_what_it_allowed_without_them() -> None:
    plain = (
        "items: {i: {label: i}}\npurposes: {p: {label: p}}\n"
        "flows: {l: {label: l, action: collect, items: i, for: p, basis: contract%s}}"
    )
    assert flows(policy_with(plain % "")) == flows(policy_with(plain % ", sources: [recipient, public]"))
    assert policy_with(plain % ", sources: recipient").flows["l"].sources == ("recipient",)


def complete(closed: str, label: str, source: str) -> str:
    return (
        f"closed: [{closed}]\nitems: {{i: {{label: IP address, sources: observed}}}}\npurposes: {{p: {{label: p}}}}\n"
        "functions: {f: {label: f, for: p, basis: contract, needs: i}}\n"
        f"rule_sets: {{o: {{label: o, alone: true, items: {{j: {{label: {label}, sources: {source}}}}}, "
        "purposes: {p: {label: p}}, functions: {g: {label: g, for: p, basis: contract, needs: j}}}}"
    )


@pytest.mark.parametrize(
    ("closed", "label", "source", "exceeded"),
    [
        ("items", "location", "device", True),
        ("items", "location", "observed", True),
        ("items", "ip ADDRESS", "device", False),  # the same item under another name
        ("items", "location", "person", False),  # whoever gives it knows
        ("share", "location", "device", False),
    ],
)
def test_what_is_read_from_one_is_read_from_all(closed: str, label: str, source: str, exceeded: bool) -> None:
    assert clauses_of("complete-list-exceeded", complete(closed, label, source)) == (["closed"] if exceeded else [])


def test_a_list_closed_for_one_audience_is_held_against_everybody_else() -> None:
    text = (
        "items: {i: {label: location, sources: device}}\npurposes: {p: {label: p}}\n"
        "functions: {f: {label: f, for: p, basis: contract, needs: i}}\n"
        "rule_sets: {o: {label: o, alone: true, closed: items, items: {j: {label: name}}}}"
    )
    (finding,) = found("complete-list-exceeded", text)
    assert finding.clause == "rule_sets.o.closed"
    assert "everybody else" in finding.message


@pytest.mark.parametrize(
    ("purpose", "source", "beyond"),
    [
        ("debugging", "person", True),
        ("debugging", "observed", False),
        ("prosecuting those responsible", "observed", True),
        ("prosecuting those responsible", "person", False),
        ("counting connected devices", "person", True),
        ("counting visitors", "person", False),
        ("orders", "person", False),
    ],
)
def test_a_purpose_needs_data_that_can_serve_it(purpose: str, source: str, beyond: bool) -> None:
    text = (
        f"items: {{i: {{label: i, sources: {source}}}}}\npurposes: {{p: {{label: {purpose}}}}}\n"
        "functions: {f: {label: f, for: p, basis: contract, needs: i}}\n"
        "matrices:\n  m: {label: m, actions: use, for: {p: i}}\n"
        "  past: {label: m, actions: use, over: 1 year, for: {p: i}}"
    )
    expected = ["functions.f", "matrices.m.for.p"] if beyond else []
    assert clauses_of("purpose-beyond-items", text) == expected
    assert found("purpose-beyond-items", text.replace(f", sources: {source}", "")) == []  # nobody knows


@pytest.mark.parametrize(
    ("right", "effect", "hole"),
    [
        ("objection", "does not apply to purchases", True),
        ("opt-out", "不适用于交易信息", True),
        ("objection", "applies from the next mail on", False),
        ("erasure", "does not apply to invoices", False),  # that is a ground to keep, not a refusal
    ],
)
def test_a_refusal_reaches_everything(right: str, effect: str, hole: bool) -> None:
    text = f"rights: {{{right}: {{label: r, by: email, effects: {{e: {effect}}}}}}}"
    assert clauses_of("refusal-with-hole", text) == ([f"rights.{right}.effects.e"] if hole else [])


@pytest.mark.parametrize(
    ("warning", "liability", "disclaimed"),
    [
        ("nothing is wholly secure", "all liability is ours", True),
        ("no guarantee can be given for security", "all legal responsibility is ours", True),
        ("无法保证绝对安全", "承担全部法律责任", True),
        ("change your password", "all liability is ours", False),
        ("nothing is wholly secure", "what the law demands", False),
    ],
)
def test_security_is_not_answered_for_and_disclaimed(warning: str, liability: str, disclaimed: bool) -> None:
    text = f"security: {{warnings: {{w: {warning}}}, liability: {liability}}}"
    assert clauses_of("security-disclaimed", text) == (["security.liability"] if disclaimed else [])


@pytest.mark.parametrize(
    ("kind", "term", "chooses"),
    [
        ("successor", "stays bound, or asks for your consent again", True),
        ("successor", "继续受约束，否则须重新征得您的同意", True),
        ("successor", "stays bound by this policy", False),
        ("successor", "asks for your consent again", False),
        ("partner", "stays bound, or asks for your consent again", False),
    ],
)
def test_a_successor_is_bound_or_is_not(kind: str, term: str, chooses: bool) -> None:
    text = f'recipients: {{r: {{kind: {kind}, name: r, terms: {{t: "{term}"}}}}}}'
    assert clauses_of("successor-chooses", text) == (["recipients.r.terms.t"] if chooses else [])


@pytest.mark.parametrize(
    ("case", "purpose", "idle"),
    [
        ("news reporting", "orders", True),
        ("学术研究机构的统计", "订单", True),
        ("news reporting", "news reporting", False),
        ("lawfully published, such as news reporting", "orders", False),  # what others made public
        ("a legal duty", "orders", False),
    ],
)
def test_a_freedom_of_another_trade_is_no_freedom(case: str, purpose: str, idle: bool) -> None:
    text = f'purposes: {{p: {{label: {purpose}}}}}\nconsent_free: {{c: {{label: "{case}", actions: use}}}}'
    assert clauses_of("exemption-without-purpose", text) == (["consent_free.c"] if idle else [])


@pytest.mark.parametrize(
    ("right", "kind", "more", "open_to_all"),
    [
        ("label: d", "authority", "", True),
        ("label: d", "partner", "", False),
        ("label: d, withheld: {s: what a court keeps secret}", "authority", "", False),
        ("label: d, contents: {m: what served marketing}", "authority", "", False),
        ("label: d", "authority", "requests: {refuse: {g: {label: g}}}", False),
    ],
)
def test_a_record_of_disclosures_knows_secrets(right: str, kind: str, more: str, open_to_all: bool) -> None:
    text = (
        f"recipients: {{r: {{kind: {kind}, name: r}}}}\n"
        "flows: {l: {label: l, action: disclose, to: r, basis: contract}}\n"
        f"rights: {{disclosures: {{{right}}}}}\n{more}"
    )
    assert clauses_of("disclosures-without-secrecy", text) == (["rights.disclosures"] if open_to_all else [])


@pytest.mark.parametrize(
    ("statement", "kind", "shared"),
    [
        ("stored and protected by us", "processor", True),
        ("stored by us", "authority", False),
        ("stored by a processor", "processor", False),
    ],
)
def test_what_others_process_is_not_kept_by_us_alone(statement: str, kind: str, shared: bool) -> None:
    text = (
        "items: {i: {label: i}}\npurposes: {p: {label: p}}\n"
        f"recipients: {{r: {{kind: {kind}, name: r, receives: i, for: p, basis: contract}}}}\n"
        f"statements: {{s: {statement}}}"
    )
    assert clauses_of("kept-by-us-and-others", text) == (["statements.s"] if shared else [])


@pytest.mark.parametrize(
    ("terms", "outranked"),
    [
        ("a: kept confidential, b: it may have duties to disclose", True),
        ("a: 签订保密协议, b: 可能负有信息披露义务", True),
        ("a: kept confidential", False),
        ("b: it may have duties to disclose", False),
        ("b: kept confidential unless it is compelled to disclose", False),  # one sentence that says both
    ],
)
def test_a_contract_stands_below_the_law(terms: str, outranked: bool) -> None:
    text = f"recipients: {{r: {{kind: processor, name: r, terms: {{{terms}}}}}}}"
    assert clauses_of("terms-outranked", text) == (["recipients.r.terms.b"] if outranked else [])


@pytest.mark.parametrize(("kind", "found_there"), [("website", True), ("[app, website]", False), ("", False)])
def test_what_a_browser_never_shows_is_found_for_the_audience_of_a_website(kind: str, found_there: bool) -> None:
    runs = f"runs_on: {kind}, " if kind else ""
    text = (
        "items: {i: {label: IMEI}}\n"
        f"rule_sets: {{o: {{label: o, alone: true, {runs}items: {{j: {{label: IMEI}}}}}}}}"
    )
    expected = ["rule_sets.o.items.j"] if found_there else []
    assert clauses_of("item-not-collectable", text) == expected
    assert rule_set(policy_with(text), "o").runs_on == (tuple(kind.strip("[]").split(", ")) if kind else ())


def test_only_kinds_of_product_and_known_sources_are_words() -> None:
    start = "troth: 1\npolicy: x\ntitle: x\nupdated: 2026-01-01\nlanguages: [en]\ncontroller: {name: X}\n"
    assert problems(start + "rule_sets: {o: {label: o, runs_on: toaster}}") == ["1.yaml:7:36 policy.unknown-word"]
    assert problems(start + "flows: {l: {label: l, action: collect, basis: contract, sources: gossip}}") == [
        "1.yaml:7:66 policy.unknown-word"
    ]
