"""The list of what is collected is called complete, and another audience's rules collect more."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import LANGUAGES, Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.rule_sets import address, rule_set

_BY_ITSELF = frozenset({"device", "observed"})

SAYS = Wording(
    says={
        "en": "the list of items is called complete, but the rules of {other} also read {more}",
        "zh": "收集的信息清单称为完整，但{other}的规则还读取{more}",
    },
    hint={
        "en": "list what is read from everybody, or do not call the list complete",
        "zh": "列出会从所有人读取的信息，否则不要称清单为完整",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`closed` names `items`, and under the rules of another audience functions read items by themselves whose label
    the list has not: a device does not know which audience its owner belongs to."""
    names: tuple[str | None, ...] = (None, *policy.rule_sets)
    views = {name: rule_set(policy, name) for name in names}
    for name, view in views.items():
        others = {other: each for other, each in views.items() if other != name} if "items" in view.closed else {}
        for other, each in others.items():
            more = _unlisted(each, {_key(item.label) for item in view.items.values()})
            if more:
                yield SAYS.at(address(policy, name, "closed"), other=_called(other), more=more)


def _unlisted(policy: Policy, known: set[frozenset[str]]) -> list[str]:
    taken = {item for each in policy.functions.values() for item in (*each.needs, *each.optional)}
    more = [policy.items[item] for item in taken if _key(policy.items[item].label) not in known]
    return sorted({each.category or each.id for each in more if _BY_ITSELF.intersection(each.sources)})


def _key(label: Text) -> frozenset[str]:
    return frozenset(words.casefold() for words in label.values())


def _called(name: str | None) -> Text:
    return dict.fromkeys(LANGUAGES, f"`{name}`") if name else {"en": "everybody else", "zh": "其他所有人"}


RULE = Rule("complete-list-exceeded", "warning", find, whole=True)
