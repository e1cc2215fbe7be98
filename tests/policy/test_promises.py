"""The promises that a policy's clauses make: one sentence each, none forgotten, none made up."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.strategies import TEXTS, Value, as_yaml, shuffled, slowly, some, values
from tests.policy.support import HEAD, kaiconn, policy_of, policy_with, shop
from troth.policy.clauses import clauses
from troth.policy.model import Policy
from troth.policy.promises import Derived, promises
from troth.policy.read import from_value, parse

PERIODS = st.sampled_from(["7 days", "30 working days", "1 month", "24 hours"])
BY_KEY = {
    "functions": "for needs optional shares basis after withdrawn refused automated limits.",
    "technologies": "for holds refuse_by refused lasts",
    "recipients": "receives for permissions self_start terms.",
    "rights": "by email path who within vaguely acknowledge extension cooling_off frequency after cases account_needed "
    "items locked contents withheld delivery lookback asked_again refuse tell_recipients backups effects.",
}
"""By section, the keys of each of its records that promise something; a dot at the end: each of its entries does."""
ONCE = {
    "requests": "within vaguely proof needs fee refuse appeal use_of_proof agents tiers.",
    "changes": "new_purpose material tell when notice refuse_means keeps_versions",
    "incident": "say by else within vaguely report acts.",
    "stop": "collection tell then within vaguely",
    "security": "liability measures. reports.",
    "minors": "rule bands. limits.",
    "fairness": "never. incentives.",
}
"""The same for sections that are one record."""
WHOLE = {"flows": "limits.", "consent_free": "limits.", "retention": "exceptions", "permissions": "", "exemptions": ""}
"""Sections each of whose records is a promise as a whole, and these of its keys beside it."""


def obligations(value: Value) -> set[str]:
    """The slow and obvious reading: look for each key in the plain value."""
    found: set[str] = {key for key in ("only_purposes", "closed", "share_needs") if key in value}
    for section, keys in BY_KEY.items():
        for name, record in value.get(section, {}).items():
            found |= reached(f"{section}.{name}", record, keys)
    for section, keys in WHOLE.items():
        for name, record in value.get(section, {}).items():
            found |= {f"{section}.{name}"} | reached(f"{section}.{name}", record, keys)
    for section, keys in ONCE.items():
        found |= reached(section, value.get(section, {}), keys)
    for name, record in value.get("technologies", {}).items():
        found |= {f"technologies.{name}.basis"} if record.get("basis") == "consent" else set()
    contacts = value["controller"].get("contacts", {})
    found |= {"controller.contacts"} if contacts.keys() & {"email", "phone", "website", "post", "through"} else set()
    found |= {"controller.contacts.within"} if "within" in contacts else set()
    storage = value.get("storage", {})
    found |= {"storage.in"} if storage else set()
    return found | reached("storage.abroad", storage.get("abroad", {}), "rule needs grade")


def reached(prefix: str, record: Value, keys: str) -> set[str]:
    plain = {f"{prefix}.{key}" for key in keys.split() if not key.endswith(".") and key in record}
    each = (key.removesuffix(".") for key in keys.split() if key.endswith("."))
    return plain | {f"{prefix}.{key}.{name}" for key in each for name in record.get(key, {})}


def texts(most: int = 2) -> st.SearchStrategy[Value]:
    return st.dictionaries(st.sampled_from(["x", "y.z", "w"]), TEXTS, min_size=1, max_size=most)


def maybe(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def whole(draw: st.DrawFn) -> Value:
    """A policy with every section that can promise something, each of them there or not."""
    value = draw(values())
    items, purposes = sorted(value["items"]), sorted(value["purposes"])
    functions = sorted(value.get("functions", {}))
    more = st.fixed_dictionaries(
        {},
        optional={
            "only_purposes": some(purposes).filter(bool),
            "closed": some(["share", "refuse"]).filter(bool),
            "permissions": record(maybe_for(functions, ask=st.sampled_from(["in-use", "never"]))),
            "technologies": record(technology(purposes)),
            "consent_free": record(
                st.fixed_dictionaries({"label": TEXTS, "actions": st.just(["use"])}, optional={"limits": texts()})
            ),
            "retention": record(retention(items)),
            "storage": st.fixed_dictionaries(
                {"in": st.sampled_from([["cn"], ["cn", "us"], ["fr"]])},
                optional={
                    "abroad": st.fixed_dictionaries(
                        {"rule": st.sampled_from(["never", "conditions"])},
                        optional={"needs": texts(), "grade": st.just("separate")},
                    )
                },
            ),
            "minors": minors(),
            "changes": maybe(
                material=texts(), tell=st.just(["email"]), when=TEXTS, notice=PERIODS, refuse_means=TEXTS,
                new_purpose=st.just("explicit"), keeps_versions=st.just(value=True),
            ),
            "incident": st.fixed_dictionaries(
                {"say": texts(), "by": st.just(["email", "push"])},
                optional={"else": TEXTS, "report": TEXTS, "within": PERIODS, "vaguely": TEXTS, "acts": texts()},
            ),
            "stop": st.fixed_dictionaries(
                {"tell": st.just(["push"]), "then": st.just(["erase"])},
                optional={"within": PERIODS, "vaguely": TEXTS, "collection": TEXTS},
            ),
            "requests": maybe(
                within=PERIODS, proof=texts(), appeal=TEXTS, fee=st.just({"repeated": "cost"}),
                refuse=record(st.fixed_dictionaries({"label": TEXTS})),
            ),
            "security": maybe(
                liability=TEXTS,
                reports=record(st.fixed_dictionaries({"label": TEXTS}, optional={"every": PERIODS})),
                measures=record(
                    st.fixed_dictionaries(
                        {"label": TEXTS, "kind": st.sampled_from(["training", "encryption"])},
                        optional={"every": PERIODS},
                    )
                ),
            ),
        },
    )  # fmt: skip
    return {**value, **{key: part for key, part in draw(more).items() if part}}


def record(each: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.dictionaries(st.sampled_from(["p", "q.r"]), each, max_size=2)


def maybe_for(functions: list[str], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries({"label": TEXTS, "for": some(functions)}, optional=optional)


def technology(purposes: list[str]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"label": TEXTS, "for": some(purposes).filter(bool)},
        optional={"holds": texts(), "refuse_by": texts(), "refused": TEXTS, "lasts": PERIODS},
    )


def retention(items: list[str]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"items": some([*items, "all"]).filter(bool), "then": st.just(["erase"])},
        optional={"for": st.one_of(PERIODS, st.just("unstated")), "until": TEXTS, "exceptions": texts()},
    )


def minors() -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"below": st.sampled_from([14, 18]), "rule": st.sampled_from(["barred", "guardian"])},
        optional={
            "limits": texts(),
            "bands": st.just({"child": {"below": 13, "inclusive": True, "rule": "opt-in"}}),
        },
    )


def policy(value: object) -> Policy:
    apart = json.loads(json.dumps(value))  # equal lists become lists of their own, which YAML writes without aliases
    return parse({"policy.yaml": as_yaml(apart)})


@slowly
@given(whole())
def test_every_clause_that_is_an_obligation_yields_exactly_one_promise(value: Value) -> None:
    read = policy(value)
    made = Counter(each.clause for each in promises(read))
    assert set(made) == obligations(read.value)
    assert set(made.values()) <= {1}


@slowly
@given(whole())
def test_a_promise_stands_at_a_clause_and_says_something_in_every_language(value: Value) -> None:
    read = policy(value)
    paths = set(clauses(read))
    for each in promises(read):
        assert each.clause in paths
        assert each.topic == each.clause.partition(".")[0]
        assert set(each.says) == {"zh", "en"}
        assert each.says["zh"].endswith("。")
        assert each.says["en"].endswith(".")
        assert len(each.says["en"]) > 1
        assert "{" not in each.says["zh"] + each.says["en"]


@slowly
@given(whole(), st.integers(0, 10**6))
def test_how_a_policy_is_written_down_changes_no_promise(value: Value, seed: int) -> None:
    said = promises(policy(value))
    assert promises(policy(shuffled(value, seed))) == said
    assert promises(from_value(policy(value).value)) == said


def test_the_obligations_of_a_whole_example_are_all_told() -> None:
    made = [each.clause for each in promises(kaiconn())]
    assert set(made) == obligations(kaiconn().value)
    assert len(made) == len(set(made)) > 240


def sentences(policy: Policy, language: str = "en") -> dict[str, str]:
    return {each.clause: each.says[language] for each in promises(policy)}


def test_a_tiny_policy_promises_how_to_be_reached_and_nothing_else() -> None:
    assert promises(policy_with(HEAD["title"])) == (
        Derived(
            "controller.contacts",
            "controller",
            {"en": "You can reach us here: e-mail privacy@company.example."},
            "channel-works",
        ),
    )


def test_a_small_shop_in_one_language_speaks_that_language_only() -> None:
    said = sentences(policy_of(shop()))
    assert said == {
        "functions.register.for": "What “registration” takes serves registration.",
        "functions.register.needs": "“registration” needs mobile number.",
        "functions.register.optional": "“registration” works without name.",
        "functions.register.shares": "“registration” passes data on to mail service and nobody else.",
        "functions.register.basis": "“registration” rests on the contract with you.",
        "recipients.mailer.receives": "Mail service gets name and nothing else.",
        "recipients.mailer.for": "What mail service gets serves registration only.",
        "rights.erasure.by": "You can use “erasure” by e-mail.",
        "rights.erasure.within": "“erasure” is answered within 15 days after your request arrives.",
    }
    assert {tuple(each.says) for each in promises(policy_of(shop()))} == {("en",)}


def test_a_language_that_troth_does_not_speak_gets_english_with_its_own_words() -> None:
    french = policy_of(shop("languages: [en]", "languages: [fr]"))
    (made,) = [each for each in promises(french) if each.clause == "functions.register.needs"]
    assert made.says == {"fr": "“registration” needs mobile number."}


def test_a_line_names_action_items_recipient_purpose_and_consent() -> None:
    written = (
        "items: {a: {label: name}}\npurposes: {p: {label: ads}}\nrecipients: {b: {kind: partner, name: partners}}\n"
        "flows: {l: {label: advertising, action: sell, items: a, for: p, to: b, basis: consent, grade: separate}}"
    )
    (made,) = promises(policy_with(written))[:1]
    assert made.clause == "flows.l"
    assert made.control == "separate-consent"
    assert made.says["en"] == (
        "“advertising”: name may be sold, to be received by partners, for ads, only after your separate consent."
    )


@pytest.mark.parametrize(
    ("written", "clause", "told"),
    [
        ("minors: {below: 14, rule: guardian}", "minors.rule", "People below 14 need a guardian's consent."),
        (
            "minors: {below: 16, rule: guardian, bands: {teen: {at_least: 13, below: 16, rule: opt-in}}}",
            "minors.bands.teen",
            "People from 13 on and below 16 have their data sold or shared only if they opt in.",
        ),
        (
            "items: {a: {label: name}}\nretention: {a: {items: a, for: 3 years, then: erase}}",
            "retention.a",
            "Name: kept for 3 years at most, then erased.",
        ),
        (
            "items: {a: {label: name}}\nretention: {a: {items: all, for: unstated, then: [erase, anonymise]}}",
            "retention.a",
            "All personal information: kept for a time that is not stated, then anonymised or erased.",
        ),
        ("changes: {notice: 30 days}", "changes.notice", "A change is told 30 days before it takes effect."),
        ("storage: {in: [cn, fr]}", "storage.in", "Data is stored in mainland China, FR."),
        (
            "storage: {in: cn, abroad: {rule: conditions, grade: separate}}",
            "storage.abroad.grade",
            "Before data goes abroad, your separate consent is asked for.",
        ),
        (
            "purposes: {p: {label: ads}}\nonly_purposes: p",
            "only_purposes",
            "Data is used for these purposes only: ads.",
        ),
        (
            "requests: {refuse: {r: {label: repetition}}}",
            "requests.refuse",
            "A request may be refused on these grounds, or others: repetition.",
        ),
        (
            "closed: refuse\nrequests: {refuse: {r: {label: repetition}}}",
            "requests.refuse",
            "A request is refused on these grounds only: repetition.",
        ),
        (
            "security: {measures: {t: {label: staff are trained, kind: training, every: 1 year}}}",
            "security.measures.t",
            "Every 1 year: staff are trained.",
        ),
        (
            "rights: {opt-out: {label: opt-out of sale, by: [website, email], asked_again: 12 months}}",
            "rights.opt-out.asked_again",
            "For 12 months after “opt-out of sale” you are not asked again.",
        ),
        (
            "signals: {dnt: {label: do not track, honoured: false}}",
            "signals.dnt.honoured",
            "The signal “do not track” is not honoured.",
        ),
    ],
)
def test_the_sentence_of_a_clause(written: str, clause: str, told: str) -> None:
    assert sentences(policy_with(written))[clause] == told


def test_a_name_keeps_its_form_at_the_head_of_a_sentence() -> None:
    with_name = policy_with("security: {liability: iPhone owners are compensated}")
    assert sentences(with_name)["security.liability"] == "iPhone owners are compensated."


def test_a_function_waits_for_consents_and_objections_too() -> None:
    waiting = policy_with(
        "items: {a: {label: name}}\npurposes: {p: {label: ads}}\n"
        "functions:\n"
        "  f: {label: base, for: p, basis: consent, grade: general, needs: a, withdrawn: stop processing}\n"
        "  g: {label: more, for: p, basis: contract, needs: a, after: [consent.f.explicit, verified.email]}\n"
    )
    said = sentences(waiting)
    assert said["functions.g.after"] == (
        "“more” takes nothing before this holds: your explicit consent to “base” was given, "
        "your e-mail address is verified."
    )
    assert said["functions.f.withdrawn"] == "Once consent is withdrawn, data is no longer processed for “base”."
    assert "functions.g.withdrawn" not in said


def test_a_full_stop_of_the_policy_is_not_doubled() -> None:
    stopped = policy_with(
        "languages: [zh]\ntitle: 政策\nsecurity: {liability: 我们承担责任。}\ncontroller: {name: 公司}"
    )
    assert sentences(stopped, "zh")["security.liability"] == "我们承担责任。"


def test_what_one_audience_is_promised_stands_at_its_own_clauses() -> None:
    both = policy_with(
        "requests: {within: 30 days}\n"
        "rule_sets:\n"
        "  california:\n"
        "    label: residents of California\n"
        "    rights: {know: {label: knowing, by: website, within: 45 days}}\n"
        "    requests: {appeal: write to the regulator}\n"
    )
    said = sentences(both)
    assert said["requests.within"] == "Every other request is answered within 30 days after your request arrives."
    inside = {clause: told for clause, told in said.items() if clause.startswith("rule_sets.")}
    assert inside == {
        "rule_sets.california.rights.know.by": "You can use “knowing” on the website.",
        "rule_sets.california.rights.know.within": "“knowing” is answered within 45 days after your request arrives.",
        "rule_sets.california.requests.appeal": "Write to the regulator.",
    }
    assert set(inside) <= set(clauses(both))
    assert list(said)[-len(inside) :] == list(inside)
