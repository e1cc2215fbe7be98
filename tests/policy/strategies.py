"""Policies at random: as values, as YAML, in any order of declaration."""

from __future__ import annotations

import random
from typing import Any

import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

Value = dict[str, Any]

slowly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For laws about whole policies: each example is a document of its own."""

NAMES = ("a", "b", "c", "d.e", "d.f", "G")
GRADES = ("general", "explicit", "separate")
WORDS = st.sampled_from(
    ["phone", "手机号码", "no", "2022", "true", "~ ~", "a: b", "# not a comment", "'quoted'", "null x"]
)
TEXTS = st.fixed_dictionaries({"zh": WORDS, "en": WORDS})


def some(names: list[str]) -> st.SearchStrategy[list[str]]:
    """A set of the names, as a sorted list; the empty one stands for an absent line."""
    return st.sets(st.sampled_from(names)).map(sorted) if names else st.just([])


@st.composite
def values(draw: st.DrawFn) -> Value:
    """A sound policy as its author might write it, all parts that refer to one another included."""
    items = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    purposes = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    recipients = draw(st.lists(st.sampled_from(NAMES), unique=True))
    functions = draw(st.lists(st.sampled_from(NAMES), unique=True))
    value: Value = {
        "troth": 1,
        "policy": "shop",
        "title": draw(TEXTS),
        "updated": draw(st.dates()).isoformat(),
        "languages": ["zh", "en"],
        "controller": {"name": draw(TEXTS)},
        "categories": {"family": {"label": draw(TEXTS), "sensitive": draw(st.booleans())}},
        "items": {name: draw(_item()) for name in items},
        "purposes": {name: {"label": draw(TEXTS)} for name in purposes},
        "recipients": {name: draw(_recipient(items, purposes)) for name in recipients},
        "functions": {name: draw(_function(items, purposes, recipients)) for name in functions},
        "flows": {name: draw(_line(items, purposes, recipients)) for name in draw(st.sets(st.sampled_from(NAMES)))},
        "rights": {"erasure": draw(_right())},
    }
    return {key: part for key, part in value.items() if part != {}}


def _item() -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"label": TEXTS},
        optional={"category": st.just("family"), "sensitive": st.booleans(), "tells": st.just("phone")},
    )


def _recipient(items: list[str], purposes: list[str]) -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"kind": st.sampled_from(["sdk", "partner"]), "name": TEXTS},
        optional={"receives": some(items), "for": some(purposes), "basis": st.just("contract")},
    )


@st.composite
def _function(draw: st.DrawFn, items: list[str], purposes: list[str], recipients: list[str]) -> Value:
    function: Value = {
        "label": draw(TEXTS),
        "for": draw(st.sampled_from(purposes)),
        "needs": draw(some(items)),
        "optional": draw(some(items)),
        "shares": draw(some(recipients)),
        "after": draw(some(["accepted.policy", "verified.phone", "age.adult"])),
    }
    return {**function, **draw(_basis())}


@st.composite
def _line(draw: st.DrawFn, items: list[str], purposes: list[str], recipients: list[str]) -> Value:
    line: Value = {
        "label": draw(TEXTS),
        "action": draw(st.sampled_from(["share", "sell", "use", "publish"])),
        "items": draw(some([*items, "family", "all"])),
        "for": draw(some(purposes)),
        "to": draw(some(recipients)),
    }
    return {**line, **draw(_basis())}


def _basis() -> st.SearchStrategy[Value]:
    consent = st.fixed_dictionaries({"basis": st.just("consent"), "grade": st.sampled_from(GRADES)})
    other = st.fixed_dictionaries({"basis": st.sampled_from(["contract", "legal-obligation", "unstated"])})
    return st.one_of(consent, other)


def _right() -> st.SearchStrategy[Value]:
    return st.fixed_dictionaries(
        {"label": TEXTS},
        optional={
            "within": st.sampled_from(["15 days", "30 working days", "1 month", "10 business days", "30天"]),
            "by": some(["email", "phone", "self-service"]),
            "cases": st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=3),
        },
    )


def shuffled(value: object, seed: int) -> object:
    """The same value with every mapping and every set-like list in another order."""
    dice = random.Random(seed)

    def mix(part: object, key: str) -> object:
        if isinstance(part, dict):
            pairs = [(name, mix(child, name)) for name, child in part.items()]
            dice.shuffle(pairs)
            return dict(pairs)
        if isinstance(part, list) and key != "languages":
            return dice.sample(part, len(part))
        return part

    return mix(value, "")


def as_yaml(value: object) -> str:
    """YAML text of a value, keys in its own order."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


def as_files(value: Value, seed: int) -> dict[str, str]:
    """The same policy over three files, sections and even single records of a section in any of them."""
    dice = random.Random(seed)
    parts: list[Value] = [{}, {}, {}]
    for key, part in value.items():
        if isinstance(part, dict) and key not in {"title", "controller"}:
            for name, child in part.items():
                dice.choice(parts).setdefault(key, {})[name] = child
        else:
            dice.choice(parts)[key] = part
    return {f"{dice.randrange(10**9)}.yaml": as_yaml(part) for part in parts if part}
