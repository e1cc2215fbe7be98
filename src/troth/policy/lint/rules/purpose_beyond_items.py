"""A purpose that the data it is given cannot serve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_OBSERVING = frozenset({"device", "observed"})
_NEEDS = (
    (
        re.compile(
            r"\bdebug|\bcrash(es)? (reports?|analysis)\b|\bdevices are connected\b|\bcounting (connected )?devices\b"
            r"|调试|崩溃(上报|分析)|统计[^，。；]{0,8}设备",
            re.IGNORECASE,
        ),
        _OBSERVING,
    ),
    (re.compile(r"\bprosecut|追究", re.IGNORECASE), frozenset({"person"})),
)
"""Words of a purpose, and the sources of which at least one item must come to serve it."""

SAYS = Wording(
    says={
        "en": "`{purpose}` cannot be served by what it is given: {lacking}",
        "zh": "所提供的信息无法实现`{purpose}`：{lacking}",
    },
    hint={
        "en": "give it the items that it needs, or drop it from the purposes of these",
        "zh": "提供其所需的信息项，或把该目的从中删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A purpose speaks of machines, or of holding people to account, and no item that serves it can tell of that."""
    for clause, purpose, items in _served(policy):
        sources = {source for item in items for source in policy.items[item].sources}
        for words, needed in _NEEDS:
            if sources and not sources & needed and says(policy.purposes[purpose].label, words):
                yield SAYS.at(clause, purpose=purpose, lacking=_lacking(needed))


def _lacking(needed: frozenset[str]) -> Text:
    if needed == _OBSERVING:
        return {"en": "nothing tells what a machine did", "zh": "没有任何信息能表明机器做了什么"}
    return {"en": "nothing tells who somebody is", "zh": "没有任何信息能表明某人是谁"}


def _served(policy: Policy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Clause, purpose and items of whatever serves a purpose."""
    for function in policy.functions.values():
        yield f"functions.{function.id}", function.purpose, (*function.needs, *function.optional)
    for matrix in policy.matrices.values():
        if matrix.over is None:
            for purpose, names in matrix.purposes.items():
                yield f"matrices.{matrix.id}.for.{purpose}", purpose, policy.items_in(names)


RULE = Rule("purpose-beyond-items", "note", find)
