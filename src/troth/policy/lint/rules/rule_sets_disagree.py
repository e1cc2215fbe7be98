"""Two audiences of one policy are told different things."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import LANGUAGES, Text
from troth.policy.law import usual_days
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set
from troth.policy.yaml_reader import Json

_QUESTIONS = (
    "acceptance",
    "controller.name",
    "minors.below",
    "minors.rule",
    "changes.new_purpose",
    "requests.within",
    "storage.in",
)
_DEFAULTS: dict[str, Json] = {"acceptance": "explicit", "changes.new_purpose": "none"}

_GENERAL: Text = {"en": "the general rules", "zh": "一般规则"}

SAYS = Wording(
    says={
        "en": "`{question}` is {here} for `{name}`, and {there} in {other}",
        "zh": "`{question}`在`{name}`中为{here}，在{other}中为{there}",
    },
    hint={
        "en": "say the same, or say who belongs to which audience",
        "zh": "请保持一致，或说明谁属于哪一类读者",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The answer of a rule set to one of the questions differs from one given before it, in the general rules or in
    another rule set."""
    views = [(_GENERAL, rule_set(policy))]
    for name in policy.rule_sets:
        view = rule_set(policy, name)
        for question in _QUESTIONS:
            yield from _differs(name, question, view, views)
        views.append((dict.fromkeys(LANGUAGES, f"`{name}`"), view))


def _differs(name: str, question: str, view: Policy, views: list[tuple[Text, Policy]]) -> Iterator[Found]:
    here = _answer(view, question)
    for other, before in views:
        there = _answer(before, question)
        if here is not None and there is not None and here != there:
            yield SAYS.at(
                f"rule_sets.{name}.{question}",
                question=question,
                here=_brief(here),
                name=name,
                there=_brief(there),
                other=other,
            )
            return


def _answer(policy: Policy, question: str) -> Json | None:
    said = policy.addresses.get(question, _DEFAULTS.get(question))
    if said is None and question == "requests.within":
        periods = [right.within for right in policy.rights.values() if right.within is not None]
        return str(max(periods, key=usual_days)) if periods else None
    return said or None


def _brief(value: Json) -> Text:
    if isinstance(value, dict) and value:
        first = next(iter(value.values()))
        return {"en": f"`{first}`", "zh": f"`{value.get('zh', first)}`"}
    return dict.fromkeys(LANGUAGES, f"`{value}`")


RULE = Rule("rule-sets-disagree", "warning", find, whole=True)
