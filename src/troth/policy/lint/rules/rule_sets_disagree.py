"""Two audiences of one policy are told different things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.policy.law import usual_days
from troth.policy.lint.model import Found, Rule
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


def find(policy: Policy) -> Iterator[Found]:
    """The answer of a rule set to one of the questions differs from one given before it, in the general rules or in
    another rule set."""
    views = {"the general rules": rule_set(policy)}
    for name in policy.rule_sets:
        view = rule_set(policy, name)
        for question in _QUESTIONS:
            yield from _differs(name, question, view, views)
        views[f"`{name}`"] = view


def _differs(name: str, question: str, view: Policy, views: Mapping[str, Policy]) -> Iterator[Found]:
    here = _answer(view, question)
    for other, before in views.items():
        there = _answer(before, question)
        if here is not None and there is not None and here != there:
            yield Found(
                f"rule_sets.{name}.{question}",
                f"`{question}` is {_brief(here)} for `{name}`, and {_brief(there)} in {other}",
                "say the same, or say who belongs to which audience",
            )
            return


def _answer(policy: Policy, question: str) -> Json | None:
    said = policy.addresses.get(question, _DEFAULTS.get(question))
    if said is None and question == "requests.within":
        periods = [right.within for right in policy.rights.values() if right.within is not None]
        return str(max(periods, key=usual_days)) if periods else None
    return said or None


def _brief(value: Json) -> str:
    return f"`{next(iter(value.values()))}`" if isinstance(value, dict) and value else f"`{value}`"


RULE = Rule("rule-sets-disagree", "warning", find, whole=True)
