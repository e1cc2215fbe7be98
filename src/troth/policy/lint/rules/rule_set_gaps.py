"""One audience is told of something that another is not."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set

_SECTIONS = ("retention", "incident", "minors", "storage", "stop", "technologies", "signals", "rights", "security")

_HINT: Text = {"en": "say it to every audience", "zh": "请对每一类读者都写明"}
LACKS = Wording(
    says={
        "en": "`rule_sets.{name}` lacks {sections}, which the general rules have",
        "zh": "`rule_sets.{name}`没有{sections}，而一般规则有",
    },
    hint=_HINT,
)
HAS = Wording(
    says={
        "en": "`rule_sets.{name}` has {sections}, which the general rules lack",
        "zh": "`rule_sets.{name}`有{sections}，而一般规则没有",
    },
    hint=_HINT,
)


def find(policy: Policy) -> Iterator[Found]:
    """A rule set that stands alone has other sections than the general rules."""
    general = _present(rule_set(policy))
    for name, each in policy.rule_sets.items():
        if each.alone:
            own = _present(rule_set(policy, name))
            for wording, sections in ((LACKS, general - own), (HAS, own - general)):
                if sections:
                    yield wording.at(f"rule_sets.{name}", name=name, sections=sorted(sections))


def _present(policy: Policy) -> frozenset[str]:
    return frozenset(section for section in _SECTIONS if policy.value.get(section))


RULE = Rule("rule-set-gaps", "note", find, whole=True)
