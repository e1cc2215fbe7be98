"""People are watched, on no ground and with no word before it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function with an unstated basis takes observed items, and nothing must come first."""
    for function in policy.functions.values():
        taken = (*function.needs, *function.optional)
        watched = [item for item in taken if "observed" in policy.items[item].sources]
        if function.basis == "unstated" and not function.after and watched:
            yield Found(
                f"functions.{function.id}",
                f"`{function.id}` observes {quoted(watched)} on no stated ground, and nothing has to come first",
                "state the basis, and say under `after` what people must have been told or agreed to",
            )


RULE = Rule("observed-on-no-ground", "warning", find)
