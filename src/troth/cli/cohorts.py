"""Carries out what `troth filter`, `whom`, `sql` and `state` were asked."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from troth.app.application import Application
from troth.base.errors import InputError
from troth.cli.decisions import known_action
from troth.cli.progress import telling
from troth.cli.session import opened as opened_app
from troth.client.filter import Counts, Lookup, People, Reasons, opened
from troth.client.states import Exported, export_states
from troth.decision import push
from troth.decision.compile import Masks
from troth.decision.engine import check
from troth.decision.model import Question
from troth.decision.service import masks_in_use, whom
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import find_all
from troth.versions.model import Version
from troth.versions.service import current

Asked = tuple[str, str, str, str | None]
"""Purpose, item, action and recipient, as they were typed."""


@dataclass(frozen=True)
class Source:
    """A file of people and what it is read beside."""

    file: Path
    column: str
    kind: str | None
    states: Path | None
    policy: str | None


def condition(dialect: str, asked: Asked, *, column: str, table: str, policy: str | None) -> str:
    """The condition for somebody's WHERE clause."""
    speech = push.dialect_named(dialect)
    _, masks, question = _compiled(opened_app(), asked, policy)
    yes = push.predicate(speech, masks, question, table=table)
    subjects = f"SELECT {speech.name('subject')} FROM {speech.name(table)} WHERE {yes}"  # noqa: S608  # all names quoted
    return f"{speech.name(*column.split('.'))} IN ({subjects})"


def export_to(file: Path, policy: str | None) -> Exported:
    """Write the table of states."""
    with opened_app().begin() as work:
        return export_states(work, current(work, policy), file)


def people(asked: Asked, policy: str | None) -> list[str]:
    """The subjects whose data may be used so."""
    app = opened_app()
    with app.begin() as work:
        return sorted(whom(work, current(work, policy), _question(asked)))


def filtered(source: Source, asked: Asked, out: Path, *, explain: bool) -> tuple[Counts, Reasons | None]:
    """Write the rows that may be used; with `explain` also say why."""
    app = opened_app()
    version, masks, question = _compiled(app, asked, source.policy)
    lookup = None if source.kind is None else _lookup(app, source.kind)
    with (
        _states(app, version, source.states) as states,
        opened(People(source.file, source.column, states), masks, question, lookup=lookup) as found,
        telling(found.progress),
    ):
        return found.keep(out), found.reasons() if explain else None


def reason_lines(reasons: Reasons, language: str) -> Iterator[str]:
    """The reasons, the most frequent first."""
    for decision, count in _by_count(reasons):
        yield f"  {count}  {decision.outcome}: {decision.words(language)}"
    yield f"  {reasons.unknown}  unknown: nobody is known by that name"


def reason_value(reasons: Reasons, language: str) -> dict[str, Any]:
    """The same for a program."""
    listed = [
        {"rows": count, "outcome": one.outcome, "clause": one.clause, "missing": list(one.missing)}
        | {"blocking": list(one.blocking), "version": one.version, "words": one.words(language)}
        for one, count in _by_count(reasons)
    ]
    denied = sum(count for one, count in reasons.decisions.items() if one.outcome != "allowed")
    return {"denied": denied, "unknown": reasons.unknown, "reasons": listed}


def _by_count(reasons: Reasons) -> list[tuple[Any, int]]:
    return sorted(reasons.decisions.items(), key=lambda pair: (-pair[1], str(pair[0])))


def _compiled(app: Application, asked: Asked, policy: str | None) -> tuple[Version, dict[str, Masks], Question]:
    question = _question(asked)
    with app.begin() as work:
        version = current(work, policy)
        masks = masks_in_use(work, version)
    check(masks[version.id], question)
    return version, masks, question


def _question(asked: Asked) -> Question:
    purpose, item, action, recipient = asked
    return Question(purpose, item, known_action(action), recipient)


@contextmanager
def _states(app: Application, version: Version, given: Path | None) -> Iterator[Path]:
    """The file of states that was given, or one that is written now and is gone afterwards."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "states.parquet"
        with app.begin() as work:
            done = export_states(work, version, path)
        sys.stderr.write(f"states of {done.people} people read\n")
        yield path


def _lookup(app: Application, kind: str) -> Lookup:
    def look(values: list[str]) -> Mapping[str, str]:
        wanted: dict[Identifier, list[str]] = {}
        for value in values:
            named = _identifier(kind, value)
            if named is not None:
                wanted.setdefault(named, []).append(value)
        with app.begin() as work:
            found = find_all(work, app.vault, list(wanted))
        return {value: subject for named, subject in found.items() for value in wanted[named]}

    return look


def _identifier(kind: str, value: str) -> Identifier | None:
    try:
        return identifier(kind, value)
    except InputError as error:
        if error.code == "subjects.unknown-kind":
            raise
        return None  # what is no phone number is nobody's
