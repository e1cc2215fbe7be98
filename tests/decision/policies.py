"""Generated policies, people and questions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from troth.decision.model import Question
from troth.policy.model import ACTIONS, GRADES, Policy
from troth.policy.read import from_value

ITEMS = ("account.phone", "device.imei", "location.precise")
PURPOSES = ("account", "push")
FUNCTIONS = ("register", "notify", "greet")
RECIPIENTS = ("getui", "bureau")
LINES = ("sale", "research")
AFTER = ("verified.phone", "accepted.policy", "age.adult")
BASES = ("consent", "contract", "legal-obligation")

FACTS = (
    "account.open",
    "account.closing",
    "account.closed",
    "restricted",
    "age.barred",
    "opted-out.sale",
    *AFTER,
    *(f"objected.{purpose}" for purpose in PURPOSES),
    *(
        f"consent.{matter}.{grade}"
        for matter in (*FUNCTIONS, *(f"recipients.{name}" for name in RECIPIENTS), *(f"flows.{name}" for name in LINES))
        for grade in GRADES[1:]
    ),
)
FORBIDDING = ("account.closed", "restricted", "age.barred")


def label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def some(of: tuple[str, ...], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True, min_size=least)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    basis = draw(st.sampled_from(BASES))
    return {"basis": basis, **({"grade": draw(st.sampled_from(GRADES[1:]))} if basis == "consent" else {})}


@st.composite
def functions(draw: st.DrawFn) -> dict[str, Any]:
    made = {}
    for name in draw(some(FUNCTIONS)):
        needs = draw(some(ITEMS))
        made[name] = {
            "label": label(name),
            "for": draw(st.sampled_from(PURPOSES)),
            **draw(terms()),
            "needs": needs,
            "optional": [item for item in draw(some(ITEMS)) if item not in needs],
            "shares": draw(some(RECIPIENTS)),
            "after": draw(some(AFTER)),
        }
    return made


@st.composite
def recipients(draw: st.DrawFn) -> dict[str, Any]:
    made = {}
    for name in RECIPIENTS:
        stated = draw(terms()) if draw(st.booleans()) else {}
        made[name] = {
            "kind": "partner",
            "name": label(name),
            "receives": draw(some(ITEMS)),
            "for": draw(some(PURPOSES)),
            **stated,
        }
    return made


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    made = {}
    for name in draw(some(LINES)):
        made[name] = {
            "label": label(name),
            "action": draw(st.sampled_from(["sell", *ACTIONS[2:]])),
            **draw(terms()),
            "items": draw(some(ITEMS, 1)),
            "for": draw(some(PURPOSES, 1)),
            "to": draw(some(RECIPIENTS)),
            "after": draw(some(AFTER)),
        }
    return made


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "troth": 1,
        "policy": "made",
        "title": label("made"),
        "updated": "2026-01-01",
        "languages": ["zh", "en"],
        "controller": {"name": label("Made Ltd."), "contacts": {"email": "privacy@made.example"}},
        "items": {name: {"label": label(name)} for name in ITEMS},
        "purposes": {name: {"label": label(name)} for name in PURPOSES},
        "functions": draw(functions()),
        "recipients": draw(recipients()),
        "flows": draw(lines()),
    }


policies: st.SearchStrategy[Policy] = values().map(from_value)
states: st.SearchStrategy[frozenset[str]] = st.one_of(
    st.frozensets(st.sampled_from(FACTS)),
    # Mostly unhindered people, so that many answers are yes.
    st.frozensets(st.sampled_from(FACTS), min_size=20).map(lambda facts: (facts | {"account.open"}) - set(FORBIDDING)),
    st.frozensets(st.sampled_from(FORBIDDING), max_size=1).map(
        lambda facts: frozenset(FACTS[6:9]) | {FACTS[0]} | facts
    ),
)
questions: st.SearchStrategy[Question] = st.builds(
    Question,
    st.sampled_from(PURPOSES),
    st.sampled_from(ITEMS),
    st.sampled_from(ACTIONS),
    st.sampled_from([None, *RECIPIENTS]),
)


@st.composite
def allocations(draw: st.DrawFn) -> dict[str, int]:
    """Bits for some of the facts, in any order, beyond one word; the others were never said of anybody."""
    order = draw(st.permutations(FACTS))
    bits: dict[str, int] = {}
    following = 1
    for name in order[: draw(st.integers(0, len(order)))]:
        bits[name] = following
        following += draw(st.integers(1, 4))
    return bits


def all_questions() -> list[Question]:
    return [
        Question(purpose, item, action, recipient)
        for purpose in PURPOSES
        for item in ITEMS
        for action in ACTIONS
        for recipient in (None, *RECIPIENTS)
    ]
