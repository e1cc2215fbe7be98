"""What exactly somebody asks for, where the kind of request alone does not say it. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from troth.base.errors import InputError
from troth.consent.matter import matters
from troth.consent.optout import OPT_OUTS, SIGNALLED
from troth.policy.flows import flows
from troth.policy.model import Basis, Policy
from troth.requests.kinds import WAYS, Kind, Way

_MOST_NAMES = 200
_BINDING: frozenset[Basis] = frozenset({"contract", "legal-obligation", "vital-interests"})
"""The bases to which no objection lies (GDPR art. 21(1) names the others; a consent is withdrawn, or objected to)."""


@dataclass(frozen=True)
class Details:
    """`purposes` that are objected to, `matters` in which consent is withdrawn (none: all) or of which
    they opt out or in (none: sale, sharing and targeted advertising), and their own words."""

    purposes: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    text: str = ""

    @property
    def plain(self) -> str:
        """As JSON, the way it is sealed; `read` gives it back."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


NONE = Details()


def read(plain: str) -> Details:
    """Details from the JSON that `plain` gave."""
    held = json.loads(plain)
    return Details(tuple(held["purposes"]), tuple(held["matters"]), held["text"])


def check(policy: Policy, kind: Kind, details: Details) -> Details:
    """The details, if they are what a request of that kind needs under that policy.

    Raises:
        InputError: `requests.unknown-detail` for a purpose or matter that the policy does not have,
            `requests.detail-missing` where nothing is named, `requests.detail-unfit` for what the kind has no use for.
    """
    needs = _NEEDS.get(kind) or (_text if WAYS[kind] is Way.ANSWER else _nothing)
    return needs(policy, details)


def objectionable(policy: Policy) -> tuple[str, ...]:
    """The purposes that a person may object to: those for which something rests on neither contract nor law."""
    weighed = {flow.purpose for flow in flows(policy) if flow.basis not in _BINDING}
    return tuple(name for name in policy.purposes if name in weighed)


def _purposes(policy: Policy, details: Details) -> Details:
    open_to_it = objectionable(policy)
    if not details.purposes:
        raise _missing("the purposes that are objected to", open_to_it)
    _known("purpose that can be objected to", details.purposes, open_to_it)
    return Details(purposes=tuple(dict.fromkeys(details.purposes)), text=details.text)


def _matters(policy: Policy, details: Details) -> Details:
    _known("matter", details.matters, matters(policy))
    return Details(matters=tuple(dict.fromkeys(details.matters)), text=details.text)


def _text(_policy: Policy, details: Details) -> Details:
    if not details.text.strip():
        raise _missing("what it is about", ())
    return Details(text=details.text)


def _nothing(_policy: Policy, details: Details) -> Details:
    if details.purposes or details.matters:
        hint = "leave them out, or ask for an objection or a withdrawal"
        raise InputError("requests.detail-unfit", "this kind of request names no purposes or matters", hint=hint)
    return Details(text=details.text)


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in list(names)[:_MOST_NAMES]:
        if name not in known:
            near = get_close_matches(name[:100], known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known) or 'none'}"
            raise InputError("requests.unknown-detail", f"the policy has no {what} `{name[:100]}`", hint=hint)


def _missing(what: str, known: Collection[str]) -> InputError:
    hint = f"name some of {', '.join(known)}" if known else "write it in a sentence"
    return InputError("requests.detail-missing", f"the request does not say {what}", hint=hint)


def _opt_outs(_policy: Policy, details: Details) -> Details:
    _known("opt-out", details.matters, OPT_OUTS)
    return Details(matters=tuple(dict.fromkeys(details.matters)) or SIGNALLED, text=details.text)


_NEEDS: Mapping[Kind, Callable[[Policy, Details], Details]] = {
    Kind.OBJECTION: _purposes,
    Kind.WITHDRAWAL: _matters,
    Kind.OPT_OUT: _opt_outs,
    Kind.OPT_IN: _opt_outs,
}
