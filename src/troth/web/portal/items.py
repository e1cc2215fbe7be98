"""What the policy and the records say of one item of a person: what for, since when, who received it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from troth.base.text import said
from troth.base.work import Work
from troth.consent.matter import matter_of
from troth.consent.model import Kind as Choice
from troth.consent.service import history
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.requests.admission import granted
from troth.requests.fulfilment import changes
from troth.requests.fulfilment.disclosures import PASSING, decided, recorded
from troth.requests.kinds import Kind
from troth.versions.model import Version
from troth.web.portal.held import purposes
from troth.web.visit import Visit


@dataclass(frozen=True)
class Received:
    """Somebody who received it, or may have: `last` is the day of the last time that was written down."""

    name: str
    last: str | None


@dataclass(frozen=True)
class ItemTold:
    """One item in words. `since` is the day of the consent on which it rests, where it rests on one."""

    name: str
    label: str
    purposes: tuple[str, ...]
    since: str | None
    received: tuple[Received, ...]


def tell_items(visit: Visit, work: Work, version: Version, names: Iterable[str]) -> dict[str, ItemTold]:
    """These items of the person who is signed in, by name."""
    policy, words = version.policy, visit.words
    given = {one.function: one.at for one in reversed(history(work, visit.subject)) if one.kind is Choice.GIVEN}
    passed: dict[str, dict[str, Received]] = {}
    for one in (*recorded(work, visit.subject), *decided(work, visit.app.vault, visit.subject)):
        for item in one.items:
            got = Received(said(one.to.name, words.language), words.day(one.at) if one.at else None)
            passed.setdefault(item, {})[one.recipient] = got
    told = {}
    for name in dict.fromkeys(names):
        if name in policy.items:
            own = [flow for flow in flows(policy) if flow.item == name]
            days = [given[matter_of(flow)] for flow in own if flow.basis == "consent" and matter_of(flow) in given]
            told[name] = ItemTold(
                name,
                said(policy.items[name].label, words.language),
                purposes(policy, frozenset({name}), words.language),
                words.day(min(days)) if days else None,
                tuple(_who(policy, words.language, _may(own, given.keys()), passed.get(name, {}))),
            )
    return told


def _may(own: Iterable[Flow], given: Collection[str]) -> frozenset[str | None]:
    """Who may receive it by the policy: without consent, or by one that was given."""
    passing = (flow for flow in own if flow.action in PASSING)
    return frozenset(flow.recipient for flow in passing if flow.basis != "consent" or matter_of(flow) in given)


def _who(
    policy: Policy, language: str, may: Collection[str | None], passed: Mapping[str, Received]
) -> Iterable[Received]:
    for name, recipient in policy.recipients.items():
        if name in passed or name in may:
            yield passed.get(name) or Received(said(recipient.name, language), None)
    yield from (one for name, one in passed.items() if name not in policy.recipients)


def correctable(version: Version) -> tuple[str, ...]:
    """The items that a person may have corrected: what some store holds and shows, where there is the right."""
    if not granted(version, Kind.CORRECTION):
        return ()
    held = {
        rule.item
        for found in changes.maps_of(version).values()
        for dataset in found.datasets.values()
        for rule in dataset.fields.values()
        if rule.disclose
    }
    return tuple(name for name in version.policy.items if name in held)
