"""People are watched, on no ground and with no word before it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{function}` observes {watched} on no stated ground, and nothing has to come first",
        "zh": "`{function}`在未写明依据的情况下观察{watched}，且不需要任何前提",
    },
    hint={
        "en": "state the basis, and say under `after` what people must have been told or agreed to",
        "zh": "写明处理依据，并在`after`中写明须事先告知或同意的事项",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function with an unstated basis takes observed items, and nothing must come first."""
    for function in policy.functions.values():
        taken = (*function.needs, *function.optional)
        watched = [item for item in taken if "observed" in policy.items[item].sources]
        if function.basis == "unstated" and not function.after and watched:
            yield SAYS.at(f"functions.{function.id}", function=function.id, watched=watched)


RULE = Rule("observed-on-no-ground", "warning", find)
