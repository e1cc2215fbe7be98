"""The clock starts when the company says so."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A deadline counts from a check or a verification that has no deadline of its own."""
    starts: dict[str, str] = {"controller.contacts.counts_from": policy.controller.contacts.counts_from}
    starts["requests.counts_from"] = policy.requests.counts_from
    starts.update({f"rights.{each.id}.counts_from": each.counts_from for each in policy.rights.values()})
    for clause, start in starts.items():
        if start != "receipt":
            yield Found(
                clause,
                f"the time runs from the {start}, and nothing says when that is over at the latest",
                "let it count from `receipt`",
            )


RULE = Rule("deadline-start-open", "note", find)
