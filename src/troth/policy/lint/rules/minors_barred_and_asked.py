"""Minors are barred, and yet a guardian's consent lets them in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_GUARDIAN = re.compile(r"父母|监护人|parent|guardian", re.IGNORECASE)


def find(policy: Policy) -> Iterator[Found]:
    """`minors.rule` is `barred`, and a limit, a band or a function speaks of a guardian's consent."""
    minors = policy.minors
    if minors is None or minors.rule != "barred":
        return
    places = [
        f"minors.limits.{name}" for name, text in minors.limits.items() if _GUARDIAN.search(" ".join(text.values()))
    ]
    places += [f"minors.bands.{band.id}" for band in minors.bands.values() if band.rule == "guardian"]
    places += [f"functions.{each.id}.grade" for each in policy.functions.values() if each.grade == "guardian-verified"]
    for clause in places:
        yield Found(
            clause,
            f"everybody below {minors.below} is barred, and yet `{clause}` counts on a guardian's consent",
            "keep one of them; until then nobody below the age is let in",
        )


def _asks(text: Text) -> bool:
    return any(_GUARDIAN.search(words) for words in text.values())


RULE = Rule("minors-barred-and-asked", "warning", find)
