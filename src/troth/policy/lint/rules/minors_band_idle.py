"""A rule for children who cannot be customers at all."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """Everybody below an age is barred, and a band below that age states a rule."""
    minors = policy.minors
    if minors is None or minors.rule != "barred":
        return
    for band in minors.bands.values():
        if band.below <= minors.below and band.rule != "barred":
            yield Found(
                f"minors.bands.{band.id}",
                f"people below {minors.below} are barred, so the rule of `{band.id}` meets nobody",
                "drop the band, or say what happens to data of children that arrives all the same",
            )


RULE = Rule("minors-band-idle", "note", find)
