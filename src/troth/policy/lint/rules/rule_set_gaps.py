"""One audience is told of something that another is not."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set

_SECTIONS = ("retention", "incident", "minors", "storage", "stop", "technologies", "signals", "rights", "security")


def find(policy: Policy) -> Iterator[Found]:
    """A rule set that stands alone has other sections than the general rules."""
    general = _present(rule_set(policy))
    for name, each in policy.rule_sets.items():
        if each.alone:
            own = _present(rule_set(policy, name))
            yield from _missing(f"rule_sets.{name}", general - own, "the general rules have")
            yield from _missing(f"rule_sets.{name}", own - general, "the general rules lack")


def _missing(clause: str, sections: frozenset[str], told: str) -> Iterator[Found]:
    if sections:
        where = "lacks" if told.endswith("have") else "has"
        yield Found(clause, f"`{clause}` {where} {quoted(sorted(sections))}, which {told}", "say it to every audience")


def _present(policy: Policy) -> frozenset[str]:
    return frozenset(section for section in _SECTIONS if policy.value.get(section))


RULE = Rule("rule-set-gaps", "note", find, whole=True)
