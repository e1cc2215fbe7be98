"""Which flows an opt-out stops, by the policy's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from troth.policy.flows import Flow, flows
from troth.policy.model import Policy

_GOES_OUT: Final = frozenset({"share", "transfer", "disclose", "sell"})


def stopped(policy: Policy, name: str) -> tuple[Flow, ...]:
    """The flows of the policy that the opt-out called `name` stops."""
    return tuple(flow for flow in flows(policy) if name in stopping(policy, flow))


def stopping(policy: Policy, flow: Flow) -> Iterator[str]:
    """The opt-outs that stop a flow.

    Of sale: selling. Of targeted advertising: any handling for a purpose that a browser's signal refuses, and of
    sharing: passing on for it. Of sensitive data: what of them a function can do without. Of profiling and of
    automated decisions: functions that decide without a human.
    """
    if flow.action == "sell":
        yield "sale"
    if flow.purpose in refusable(policy):
        yield "targeted-advertising"
        if flow.action in _GOES_OUT:
            yield "sharing"
    if not flow.necessary and is_sensitive(policy, flow.item):
        yield "sensitive"
    if flow.function is not None and policy.functions[flow.function].automated:
        yield "profiling"
        yield "automated"


def refusable(policy: Policy) -> frozenset[str]:
    """The purposes that an honoured signal refuses, with the narrower ones that serve them."""
    found = {purpose for signal in policy.signals.values() if signal.honoured for purpose in signal.refuses}
    while wider := {one.id for one in policy.purposes.values() if one.part_of in found} - found:
        found |= wider
    return frozenset(found)


def is_sensitive(policy: Policy, item: str) -> bool:
    """Whether an item is sensitive, or a category that it belongs to."""
    declared = policy.items[item]
    category, seen = declared.category, set[str]()
    while category is not None and category not in seen:
        if policy.categories[category].sensitive:
            return True
        seen.add(category)
        category = policy.categories[category].category
    return declared.sensitive
