"""Soon, promptly, in good time: no one can tell when it is late."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text, said
from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """Words stand in place of a period, or a right has no period at all."""
    for clause, words in _in_words(policy).items():
        if words is not None:
            yield Found(clause, f"`{said(words, 'en')}` is no deadline", "state a period, such as `15 days`")
    if policy.requests.within is None:
        for right in policy.rights.values():
            if (
                right.within is None
                and right.vaguely is None
                and right.cooling_off is None
                and "self-service" not in right.by
            ):
                yield Found(
                    f"rights.{right.id}", f"`{right.id}` has no deadline", "add `within: …` to it or to `requests`"
                )


def _in_words(policy: Policy) -> dict[str, Text | None]:
    found: dict[str, Text | None] = {"requests.vaguely": policy.requests.vaguely}
    found.update({f"rights.{each.id}.vaguely": each.vaguely for each in policy.rights.values()})
    found.update({f"security.measures.{each.id}.vaguely": each.vaguely for each in policy.security.measures.values()})
    found.update({f"security.reports.{each.id}.vaguely": each.vaguely for each in policy.security.reports.values()})
    if policy.incident is not None:
        found["incident.vaguely"] = policy.incident.vaguely
    if policy.stop is not None:
        found["stop.vaguely"] = policy.stop.vaguely
    return found


RULE = Rule("vague-deadline", "warning", find)
