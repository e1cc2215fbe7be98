"""What exactly somebody asks for, where the kind of request alone does not say it. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from troth.base.errors import InputError
from troth.consent.matter import matters
from troth.consent.optouts.optout import OPT_OUTS, SIGNALLED
from troth.policy.flows import flows
from troth.policy.model import Basis, Policy
from troth.requests.kinds import WAYS, Kind, Way

_MOST_NAMES = 200
LONGEST_VALUE = 500
"""Characters of one new value."""
_BINDING: frozenset[Basis] = frozenset({"contract", "legal-obligation", "vital-interests"})
"""The bases to which no objection lies (GDPR art. 21(1) names the others; a consent is withdrawn, or objected to)."""


@dataclass(frozen=True)
class Details:
    """`purposes` that are objected to, `matters` in which consent is withdrawn (none: all) or of which
    they opt out or in (none: sale, sharing and targeted advertising) or the versions of the policy that they want to
    read (none: all), their own words, and the id of another request that it is `about`."""

    purposes: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    text: str = ""
    about: str = ""
    changes: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What is to stand where an item is held: pairs of the item and its new value."""
    proved: tuple[str, ...] = ()
    """The items of these whose new value was shown to be the person's, by a code that was sent there."""
    exempt: str = ""
    """The exemption of the policy that they say the data fall under."""
    to: str = ""
    """The id of the other controller that the data are to be sent to; empty: the person fetches them."""

    @property
    def plain(self) -> str:
        """As JSON, the way it is sealed; `read` gives it back."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


NONE = Details()


def read(plain: str) -> Details:
    """Details from the JSON that `plain` gave."""
    held = json.loads(plain)
    made = Details(tuple(held["purposes"]), tuple(held["matters"]), held["text"], held["about"], *_changes_in(held))
    return replace(made, exempt=held["exempt"], to=held.get("to", ""))


def _changes_in(held: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    return tuple((item, value) for item, value in held["changes"]), tuple(held["proved"])


def check(policy: Policy, kind: Kind, details: Details) -> Details:
    """The details, if they are what a request of that kind needs under that policy.

    Raises:
        InputError: `requests.unknown-detail` for a purpose or matter that the policy does not have,
            `requests.detail-missing` where nothing is named, `requests.detail-unfit` for what the kind has no use for.
    """
    if details.exempt:
        _known("exemption", [details.exempt], policy.exemptions)
        return Details(text=details.text, exempt=details.exempt)  # what it is about needs no more to be told so
    if details.to and kind is not Kind.PORTABILITY:
        hint = "leave it out, or ask for portability"
        raise InputError("requests.detail-unfit", "this kind of request is sent to nobody else", hint=hint)
    if details.changes and WAYS[kind] is not Way.CORRECT:
        hint = "leave them out, or ask for a correction"
        raise InputError("requests.detail-unfit", "this kind of request takes no new values", hint=hint)
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


def _versions(_policy: Policy, details: Details) -> Details:
    """Which versions there are is not in the policy; whoever opens the request looks them up."""
    return Details(matters=tuple(dict.fromkeys(details.matters)), text=details.text)


def _text(_policy: Policy, details: Details) -> Details:
    if not details.text.strip():
        raise _missing("what it is about", ())
    return Details(text=details.text, about=details.about)


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


def _transfer(_policy: Policy, details: Details) -> Details:
    return Details(text=details.text, to=details.to)


def _changes(policy: Policy, details: Details) -> Details:
    if not details.changes:
        raise _missing("what should stand where", ())
    _known("item", [item for item, _ in details.changes], policy.items)
    changes = tuple((item, value.strip()) for item, value in dict(details.changes).items())
    for item, value in changes:
        if not value or len(value) > LONGEST_VALUE:
            hint = f"write at most {LONGEST_VALUE} characters; to have it removed, ask for its erasure"
            raise InputError("requests.bad-value", f"the new value of `{item}` is empty or too long", hint=hint)
    proved = tuple(item for item in details.proved if item in dict(changes))
    return Details(text=details.text, changes=changes, proved=proved)


def _opt_outs(_policy: Policy, details: Details) -> Details:
    _known("opt-out", details.matters, OPT_OUTS)
    return Details(matters=tuple(dict.fromkeys(details.matters)) or SIGNALLED, text=details.text)


_NEEDS: Mapping[Kind, Callable[[Policy, Details], Details]] = {
    Kind.OBJECTION: _purposes,
    Kind.WITHDRAWAL: _matters,
    Kind.POLICY: _versions,
    Kind.CORRECTION: _changes,
    Kind.PORTABILITY: _transfer,
    Kind.OPT_OUT: _opt_outs,
    Kind.OPT_IN: _opt_outs,
}
