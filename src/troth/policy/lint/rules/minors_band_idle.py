"""A rule for children who cannot be customers at all."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "people below {below} are barred, so the rule of `{band}` meets nobody",
        "zh": "未满{below}周岁者本不得使用，`{band}`的规则因此不适用于任何人",
    },
    hint={
        "en": "drop the band, or say what happens to data of children that arrives all the same",
        "zh": "删去该年龄段，或说明仍然收到儿童信息时如何处理",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Everybody below an age is barred, and a band below that age states a rule."""
    minors = policy.minors
    if minors is None or minors.rule != "barred":
        return
    for band in minors.bands.values():
        if band.below <= minors.below and band.rule != "barred":
            yield SAYS.at(f"minors.bands.{band.id}", below=minors.below, band=band.id)


RULE = Rule("minors-band-idle", "note", find)
