"""The clock starts when the company says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_STARTS: Mapping[str, Text] = {
    "verification": {"en": "verification", "zh": "身份验证"},
    "check": {"en": "check", "zh": "核查"},
}

SAYS = Wording(
    says={
        "en": "the time runs from the {start}, and nothing says when that is over at the latest",
        "zh": "期限自{start}起算，但未说明{start}最迟何时完成",
    },
    hint={
        "en": "let it count from `receipt`",
        "zh": "改为自收到之日（`receipt`）起算",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A deadline counts from a check or a verification that has no deadline of its own."""
    starts: dict[str, str] = {"controller.contacts.counts_from": policy.controller.contacts.counts_from}
    starts["requests.counts_from"] = policy.requests.counts_from
    starts.update({f"rights.{each.id}.counts_from": each.counts_from for each in policy.rights.values()})
    for clause, start in starts.items():
        if start != "receipt":
            yield SAYS.at(clause, start=_STARTS[start])


RULE = Rule("deadline-start-open", "note", find)
