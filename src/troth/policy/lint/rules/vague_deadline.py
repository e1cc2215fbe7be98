"""Soon, promptly, in good time: no one can tell when it is late."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

IN_WORDS = Wording(
    says={
        "en": "`{words}` is no deadline",
        "zh": "“{words}”不是期限",
    },
    hint={
        "en": "state a period, such as `15 days`",
        "zh": "请写明期限，例如`15 days`",
    },
)

NONE = Wording(
    says={
        "en": "`{right}` has no deadline",
        "zh": "`{right}`没有期限",
    },
    hint={
        "en": "add `within: …` to it or to `requests`",
        "zh": "请为它或`requests`补充`within: …`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Words stand in place of a period, or a right has no period at all."""
    for clause, words in _in_words(policy).items():
        if words is not None:
            yield IN_WORDS.at(clause, words=words)
    if policy.requests.within is None:
        for right in policy.rights.values():
            if (
                right.within is None
                and right.vaguely is None
                and right.cooling_off is None
                and "self-service" not in right.by
            ):
                yield NONE.at(f"rights.{right.id}", right=right.id)


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
