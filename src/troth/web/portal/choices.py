"""Consents as switches, and what needs none, in the policy's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.base.text import said
from troth.consent.asking.prompt import prompt, withdrawal
from troth.consent.matter import Matter
from troth.consent.model import Standing
from troth.policy.model import Function, Policy
from troth.web.i18n import Words


@dataclass(frozen=True)
class Switch:
    """One thing to consent to. `shown` is the exact text that the ledger records for the button beneath it."""

    id: str
    label: str
    shown: tuple[str, ...]
    on: bool
    since: str | None


@dataclass(frozen=True)
class Necessary:
    """A function that rests on something else than consent, and what it uses."""

    id: str
    label: str
    basis: str
    purpose: str
    needs: tuple[str, ...]
    optional: tuple[str, ...]


def spoken(policy: Policy, language: str) -> str:
    """The language in which the policy's own text is shown: it may speak fewer than the pages do."""
    return language if language in policy.languages else policy.languages[0]


def switch(policy: Policy, matter: Matter, words: Words, standing: Standing | None) -> Switch:
    """How `matter` stands: with the text that asks for it, or with the text that takes it back."""
    language, on = spoken(policy, words.language), standing is not None and standing.valid
    shown = withdrawal(policy, matter.name, language) if on else prompt(policy, matter.name, language)
    return Switch(
        id=matter.name,
        label=said(matter.label, language),
        shown=tuple(shown.splitlines()),
        on=on,
        since=words.moment(standing.at) if standing else None,
    )


def necessary(policy: Policy, asked: Mapping[str, Matter], words: Words) -> tuple[Necessary, ...]:
    """Every function for which no consent is asked, in the policy's order."""
    return tuple(_necessary(policy, one, words) for one in policy.functions.values() if one.id not in asked)


def _necessary(policy: Policy, function: Function, words: Words) -> Necessary:
    language = spoken(policy, words.language)
    return Necessary(
        id=function.id,
        label=said(function.label, language),
        basis=words.choice("basis", function.basis),
        purpose=said(policy.purposes[function.purpose].label, language),
        needs=tuple(said(policy.items[name].label, language) for name in function.needs),
        optional=tuple(said(policy.items[name].label, language) for name in function.optional),
    )
