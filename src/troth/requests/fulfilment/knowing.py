"""The answers by category: what is held, from where, what for; and who received it, sales apart from the rest. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, tzinfo

from troth.base.text import said
from troth.datamap.read import from_value
from troth.policy.flows import flows
from troth.policy.model import Policy, Recipient
from troth.requests.fulfilment.disclosures import Passed
from troth.requests.fulfilment.report_words import REPORTS
from troth.requests.fulfilment.reports import Cell, Report, Section
from troth.versions.model import Version

_THEIR_OWN = frozenset({"partner", "affiliate", "sdk", "controller"})
"""Kinds of recipients that may use what they get for themselves; the others work for the company or are no business."""

_CALIFORNIA = "us-ca"


def held_items(version: Version, found: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The items of which the stores hold something about the person: those of every dataset with a row of theirs."""
    held: set[str] = set()
    for name, with_rows in found.items():
        datasets = from_value(version.maps[name]).datasets
        held |= {rule.item for one in with_rows for rule in datasets[one].fields.values() if rule.item is not None}
    return frozenset(held & version.policy.items.keys())


def know(policy: Policy, language: str, held: Collection[str], passed: Iterable[Passed], *, where: tzinfo) -> Report:
    """The answer to a request to know by categories."""
    words, lists = REPORTS[language], tuple(passed)
    columns = ("category", "items", "sources", "purposes", "recipients")
    rows = tuple(_category(policy, language, name, items) for name, items in _by_category(policy, held).items())
    return Report(
        words["know"],
        words["know.intro"].format(controller=said(policy.controller.name, language)),
        (_section(words, "held", columns, rows), *_lists(policy, language, lists, where)),
    )


def disclosures(policy: Policy, language: str, passed: Iterable[Passed], *, at: datetime, where: tzinfo) -> Report:
    """Who received what: two lists, and in California a third for what served the direct marketing of others."""
    words, lists = REPORTS[language], tuple(passed)
    marketing = (_marketing(policy, language, lists, at.astimezone(where).year - 1, where),)
    return Report(
        words["disclosures"],
        words["disclosures.intro"].format(controller=said(policy.controller.name, language)),
        (*_lists(policy, language, lists, where), *(marketing if _CALIFORNIA in policy.regimes else ())),
    )


def _by_category(policy: Policy, held: Collection[str]) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for name in sorted(held):
        found.setdefault(policy.items[name].category, []).append(name)
    return found


def _category(policy: Policy, language: str, category: str | None, items: Collection[str]) -> Mapping[str, Cell]:
    words = REPORTS[language]
    mine = [flow for flow in flows(policy) if flow.item in items]
    purposes = dict.fromkeys(flow.purpose for flow in mine if flow.recipient is None)
    recipients = dict.fromkeys(flow.recipient for flow in mine if flow.recipient is not None)
    sources = dict.fromkeys(source for name in items for source in policy.items[name].sources)
    return {
        "category": said(policy.categories[category].label, language) if category else words["uncategorised"],
        "items": tuple(said(policy.items[name].label, language) for name in items),
        "sources": tuple(words[f"source.{one}"] for one in sources),
        "purposes": tuple(said(policy.purposes[one].label, language) for one in purposes),
        "recipients": tuple(said(policy.recipients[one].name, language) for one in recipients),
    }


def _lists(policy: Policy, language: str, passed: Collection[Passed], where: tzinfo) -> tuple[Section, Section]:
    columns = ("recipient", "kind", "items", "purpose", "when", "how")
    words = REPORTS[language]
    sold, others = (
        tuple(_line(policy, language, one, where) for one in passed if one.sale is sale) for sale in (True, False)
    )
    return _section(words, "sold", columns, sold), _section(words, "disclosed", columns, others)


def _marketing(policy: Policy, language: str, passed: Iterable[Passed], year: int, where: tzinfo) -> Section:
    words = REPORTS[language]
    rows = tuple(
        {**_line(policy, language, one, where), "contact": _contact(one.to)}
        for one in passed
        if one.to.kind in _THEIR_OWN and (one.at is None or one.at.astimezone(where).year == year)
    )
    return _section(words, "marketing", ("recipient", "contact", "items", "when", "how"), rows)


def _line(policy: Policy, language: str, one: Passed, where: tzinfo) -> Mapping[str, Cell]:
    words = REPORTS[language]
    purpose = policy.purposes.get(one.purpose) if one.purpose else None
    return {
        "recipient": said(one.to.name, language),
        "kind": words[f"kind.{one.to.kind}"],
        "items": tuple(said(policy.items[name].label, language) for name in one.items if name in policy.items),
        "purpose": said(purpose.label, language) if purpose else None,
        "when": f"{one.at.astimezone(where):%Y-%m-%d}" if one.at else None,
        "how": words[f"how.{one.source}"],
    }


def _contact(recipient: Recipient) -> Cell:
    return tuple(one for one in (recipient.contact, recipient.link) if one)


def _section(
    words: Mapping[str, str], name: str, columns: Iterable[str], rows: tuple[Mapping[str, Cell], ...]
) -> Section:
    heads = tuple((column, words[column]) for column in columns)
    return Section(name, words[name], words[f"{name}.text"], heads, words[f"{name}.none"], rows)
