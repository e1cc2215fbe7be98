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
AUDIENCES = ("east", "west")
AGES = (13, 14, 16, 18)
BASES = ("consent", "contract", "legal-obligation")

HINDERING = (
    "account.closing",
    "account.closed",
    "restricted",
    "age.barred",
    "opted-out.sale",
    "opted-out.sharing",
    "opted-out.targeted-advertising",
    "opted-out.sensitive",
    "opted-out.profiling",
    "opted-out.automated",
    *(f"age.below.{age}" for age in AGES),
    *(f"objected.{purpose}" for purpose in PURPOSES),
)
"""Facts that forbid something somewhere."""

HELPING = (
    "account.open",
    *AFTER,
    "guardian.agreed",
    "opted-in.sale",
    *(
        f"consent.{matter}.{grade}"
        for matter in (*FUNCTIONS, *(f"recipients.{name}" for name in RECIPIENTS), *(f"flows.{name}" for name in LINES))
        for grade in GRADES[1:]
    ),
)
"""Facts that something somewhere needs."""

FACTS = (*HINDERING, *HELPING, "hold", *(f"audience.{name}" for name in AUDIENCES))
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
            "automated": draw(st.booleans()),
        }
    return made


@st.composite
def minors(draw: st.DrawFn) -> dict[str, Any]:
    bands = {}
    for name in draw(some(("child", "teen"))):
        below = draw(st.sampled_from((13, 14, 16)))
        bands[name] = {
            "below": below,
            "rule": draw(st.sampled_from(["barred", "guardian", "sensitive", "opt-in"])),
            **({"at_least": 13} if below > 13 and draw(st.booleans()) else {}),
            **({"inclusive": True} if below == 13 and draw(st.booleans()) else {}),  # 14 is an age of ours
        }
    rule = draw(st.sampled_from(["barred", "guardian"]))
    return {"below": draw(st.sampled_from((14, 16, 18))), "rule": rule, "bands": bands}


@st.composite
def rule_sets(draw: st.DrawFn, general: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in draw(some(AUDIENCES)):
        alone = draw(st.booleans())
        part: dict[str, Any] = {"label": label(name), "functions": draw(functions()), "flows": draw(lines())}
        if draw(st.booleans()):
            part["minors"] = draw(minors())
        if alone:
            part |= {"alone": True, **{key: general[key] for key in ("items", "purposes", "recipients", "categories")}}
        elif general["functions"]:
            part["without"] = [f"functions.{each}" for each in draw(some(tuple(general["functions"])))]
        made[name] = part
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
    item = {"label": label("x"), "category": "place"}
    general = {
        "troth": 1,
        "policy": "made",
        "title": label("made"),
        "updated": "2026-01-01",
        "languages": ["zh", "en"],
        "controller": {"name": label("Made Ltd."), "contacts": {"email": "privacy@made.example"}},
        "categories": {
            "private": {"label": label("private"), "sensitive": draw(st.booleans())},
            "place": {"label": label("place"), "category": "private"},
        },
        "items": {
            **{name: {"label": label(name), "sensitive": draw(st.booleans())} for name in ITEMS[:2]},
            ITEMS[2]: {**item, "label": label(ITEMS[2])},
        },
        "purposes": {
            "account": {"label": label("account"), **_maybe(draw, {"part_of": "push"})},
            "push": {"label": label("push")},
        },
        "functions": draw(functions()),
        "recipients": draw(recipients()),
        "flows": draw(lines()),
        **_maybe(draw, {"minors": draw(minors())}),
        **_maybe(
            draw,
            {
                "signals": {
                    "gpc": {"label": label("gpc"), "honoured": draw(st.booleans()), "refuses": draw(some(PURPOSES))}
                }
            },
        ),
    }
    return {**general, **_maybe(draw, {"rule_sets": draw(rule_sets(general))})}


def _maybe(draw: st.DrawFn, part: dict[str, Any]) -> dict[str, Any]:
    return part if draw(st.booleans()) else {}


policies: st.SearchStrategy[Policy] = values().map(from_value)
audiences = st.sampled_from(
    [frozenset[str](), frozenset[str](), *(frozenset({f"audience.{name}"}) for name in AUDIENCES)]
)


@st.composite
def people(draw: st.DrawFn) -> frozenset[str]:
    """Anybody; half of them such that much is allowed: all that helps but a little, little that hinders."""
    if draw(st.booleans()):
        return draw(st.frozensets(st.sampled_from(FACTS)))
    lacking = draw(st.frozensets(st.sampled_from(HELPING), max_size=2))
    hindered = draw(st.frozensets(st.sampled_from(HINDERING), max_size=1))
    return (frozenset(HELPING) - lacking) | hindered | draw(audiences)


states: st.SearchStrategy[frozenset[str]] = people()
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
