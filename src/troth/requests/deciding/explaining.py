"""An automated decision explained: what was recorded of it, by which clause, and which facts that clause asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from troth.base.errors import InputError
from troth.base.text import said
from troth.base.work import Work
from troth.decision.compile import Alternative
from troth.decision.engine import allowed_by
from troth.decision.model import Question
from troth.decision.sentence import fact_words
from troth.decision.service import compiled
from troth.policy.model import ACTIONS, Policy
from troth.requests.deciding.decided import Decided, decisions
from troth.requests.fulfilment.report_words import REPORTS
from troth.requests.fulfilment.reports import Cell, Report, Section
from troth.subjects import facts
from troth.subjects.vault import Vault
from troth.versions import service as versions

BACK = timedelta(days=366)
"""How far back decisions are explained: a year."""

MOST = 500
"""Decisions that one explanation lists, the newest."""


@dataclass(frozen=True)
class Explained:
    """One recorded decision in words: what it said, by which clause, and the facts that this clause turns on."""

    entry: int
    at: datetime
    outcome: str
    what: str
    clause: str | None
    needs: tuple[str, ...]
    forbids: tuple[str, ...]


def explained(work: Work, vault: Vault, subject: str, language: str) -> tuple[Explained, ...]:
    """The decisions about a person of the past year, the newest first.

    Raises InputError `subjects.unknown`, RefusedError `subjects.shredded`.
    """
    found = list(decisions(work, vault, subject, work.at - BACK))[-MOST:]
    return tuple(_explained(work, one, language) for one in reversed(found))


def report(policy: Policy, found: tuple[Explained, ...], language: str, where: tzinfo) -> Report:
    """What goes with an explanation: the decisions, and the functions that decide without a human. Pure."""
    words = REPORTS[language]
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "when": f"{one.at.astimezone(where):%Y-%m-%d %H:%M}",
            "outcome": words[f"outcome.{one.outcome}"],
            "what": one.what,
            "clause": one.clause,
            "needs": one.needs,
            "forbids": one.forbids,
        }
        for one in found
    )
    return Report(
        words["explanation"],
        words["explanation.intro"].format(controller=said(policy.controller.name, language)),
        (
            _section(language, "decisions", ("when", "outcome", "what", "clause", "needs", "forbids"), rows),
            _section(language, "automated", ("function", "purpose"), tuple(_automated(policy, language))),
        ),
    )


def _automated(policy: Policy, language: str) -> Iterator[dict[str, Cell]]:
    for function in policy.functions.values():
        if function.automated:
            purpose = policy.purposes[function.purpose]
            yield {"function": said(function.label, language), "purpose": said(purpose.label, language)}


def _explained(work: Work, one: Decided, language: str) -> Explained:
    alternative = _spoke(work, one)
    if alternative is None:
        return Explained(one.entry, one.at, one.outcome, f"{one.purpose}: {one.item}", one.clause, (), ())
    question = _question(one)
    labels = allowed_by(alternative, question, one.version).labels
    return Explained(
        one.entry,
        one.at,
        one.outcome,
        f"{said(labels.purpose, language)}: {said(labels.item, language)}",
        one.clause,
        tuple(fact_words(language, labels, fact, forbidden=False) for fact in alternative.needs),
        tuple(fact_words(language, labels, fact, forbidden=True) for fact in alternative.forbids),
    )


def _question(one: Decided) -> Question:
    return Question(one.purpose, one.item, ACTIONS[ACTIONS.index(one.action)], one.recipient)


def _spoke(work: Work, one: Decided) -> Alternative | None:
    """The alternative of the policy by which it was decided; None where no clause spoke, or it is gone."""
    try:
        policy = versions.get(work, one.version).policy
    except InputError:
        return None
    known = compiled(policy, facts.bits(work)).of(_question(one))
    return next((each for each in known if each.clause == one.clause), None)


def _section(language: str, name: str, columns: tuple[str, ...], rows: tuple[dict[str, Cell], ...]) -> Section:
    words = REPORTS[language]
    heads = tuple((column, words[column]) for column in columns)
    return Section(name, words[name], words[f"{name}.text"], heads, words[f"{name}.none"], rows)
