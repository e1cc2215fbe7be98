"""What a policy asks consent for: functions, and flow lines and recipients that ask for a consent of their own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from troth.base.errors import InputError
from troth.base.text import Text
from troth.consent.optouts.optout import OPT_OUTS, opt_out_matter
from troth.consent.optouts.stops import stopped
from troth.policy.flows import Flow, flows
from troth.policy.model import ACTIONS, GRADES, Action, Basis, Grade, Policy


@dataclass(frozen=True)
class Matter:
    """One thing to consent to, with all that the consent is about. `grade` is the least that will do.

    `needs` and `optional` are the items that are handled in house; `shared` says who else gets which items; `actions`
    are all that is done with them, `bases` what that rests on.
    """

    name: str
    label: Text
    grade: Grade
    purposes: tuple[str, ...]
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    shared: Mapping[str, tuple[str, ...]]
    actions: tuple[Action, ...] = ()
    bases: tuple[Basis, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the consent is about."""
        return _sorted((*self.needs, *self.optional, *(item for items in self.shared.values() for item in items)))


def matter_of(flow: Flow) -> str:
    """The name that consent to `flow` is kept under: its function, or else the address of what declares it."""
    return flow.function or flow.clause.removesuffix(".receives").removesuffix(f".for.{flow.purpose}")


def matters(policy: Policy) -> Mapping[str, Matter]:
    """Everything that the policy asks consent for, by name."""
    grouped: dict[str, list[Flow]] = {}
    for flow in flows(policy):
        if flow.basis == "consent":
            grouped.setdefault(matter_of(flow), []).append(flow)
    return {name: _matter(name, _label(policy, name), of) for name, of in sorted(grouped.items())}


def find_matter(policy: Policy, name: str) -> Matter:
    """The matter called `name`.

    Raises:
        InputError: `consent.not-asked` when the policy asks no consent for it, `consent.unknown-function` when it
            has no such function.
    """
    known = matters(policy)
    if name in known:
        return known[name]
    if name in policy.functions:
        basis = policy.functions[name].basis
        hint = f"it rests on `{basis}`; there is nothing to agree to"
        raise InputError("consent.not-asked", f"the policy asks no consent for `{name}`", hint=hint)
    close = difflib.get_close_matches(name[:100], known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"consent is asked for {', '.join(known) or 'nothing'}"
    raise InputError("consent.unknown-function", f"the policy has no function `{name[:100]}`", hint=hint)


def opt_out(policy: Policy, name: str) -> Matter:
    """What an opt-out is about: every flow that it stops, whatever that flow rests on."""
    return _matter(opt_out_matter(name), OPT_OUTS[name], stopped(policy, name))


def _matter(name: str, label: Text, of: Sequence[Flow]) -> Matter:
    own = [flow for flow in of if flow.recipient is None]
    needs = _sorted(flow.item for flow in own if flow.necessary or flow.function is None)
    recipients = _sorted(flow.recipient for flow in of if flow.recipient is not None)
    return Matter(
        name,
        label,
        max((flow.grade for flow in of), key=GRADES.index, default="none"),
        _sorted(flow.purpose for flow in of),
        needs,
        tuple(item for item in _sorted(flow.item for flow in own) if item not in needs),
        {each: _sorted(flow.item for flow in of if flow.recipient == each) for each in recipients},
        tuple(action for action in ACTIONS if any(flow.action == action for flow in of)),
        tuple(basis for basis in get_args(Basis) if any(flow.basis == basis for flow in of)),
    )


def _label(policy: Policy, name: str) -> Text:
    if name in policy.functions:
        return policy.functions[name].label
    section, _, declared = name.partition(".")
    if section == "recipients":
        return policy.recipients[declared].name
    return policy.flows[declared].label if section == "flows" else policy.matrices[declared].label


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
