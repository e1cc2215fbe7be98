"""Minors are barred, and yet a guardian's consent lets them in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_GUARDIAN = re.compile(r"父母|监护人|parent|guardian", re.IGNORECASE)

SAYS = Wording(
    says={
        "en": "everybody below {below} is barred, and yet `{clause}` counts on a guardian's consent",
        "zh": "未满{below}周岁者不得使用，`{clause}`却又以监护人同意为前提",
    },
    hint={
        "en": "keep one of them; until then nobody below the age is let in",
        "zh": "两者只留其一；在此之前，未满该年龄者一律不得使用",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`minors.rule` is `barred`, and a limit, a band or a function speaks of a guardian's consent."""
    minors = policy.minors
    if minors is None or minors.rule != "barred":
        return
    places = [f"minors.limits.{name}" for name, text in minors.limits.items() if says(text, _GUARDIAN)]
    places += [f"minors.bands.{band.id}" for band in minors.bands.values() if band.rule == "guardian"]
    places += [f"functions.{each.id}.grade" for each in policy.functions.values() if each.grade == "guardian-verified"]
    for clause in places:
        yield SAYS.at(clause, below=minors.below, clause=clause)


RULE = Rule("minors-barred-and-asked", "warning", find)
