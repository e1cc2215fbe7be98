"""The ZIP archive of an answer: a page to read, and everything as JSON. Pure: the same input gives the same bytes.

A copy has every row; a report has what was written from the policy and from records; one archive may hold both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from troth.base.text import said
from troth.requests.deadline import zone
from troth.requests.deciding.partial import Kept
from troth.requests.fulfilment.contents import Table, tables
from troth.requests.fulfilment.packing import SHOWN, Packing, Sink, path_of
from troth.requests.fulfilment.reports import Report
from troth.requests.model import Request
from troth.requests.telling.words import WORDS
from troth.stores.lines import lines_of
from troth.stores.model import Lines, Row
from troth.versions.service import Version

REPORT = "report"
"""The folder of a report's sections."""

Beside = Callable[[Mapping[str, Collection[str]]], Mapping[str, bytes]]
"""Makes more files for an archive, of the datasets in which something was found, by store."""


def write(
    sink: Sink,
    version: Version,
    request: Request,
    found: Mapping[str, Iterable[Lines]],
    *,
    own: tuple[Table, ...],
    made_at: datetime,
    left_out: tuple[Kept, ...] = (),
    beside: Beside = lambda _: {},
) -> int:
    """Write the archive of what is `found`, by store, as it is read, and of Troth's `own` records.

    The page says what is `left_out`, and why. Gives how many rows of stores are in it.
    """
    with Packing(sink) as out:
        held = [one for name in sorted(found) for one in _store(out, version, name, found[name], request.language)]
        mine = [out.table(one, lines_of(Row("", one.dataset, row) for row in one.rows)) for one in own]
        for path, content in beside(with_rows(held)).items():
            out.add(path, content)
        tables_ = (*held, *mine)
        left = [(said(one.label, request.language), said(one.why, request.language)) for one in left_out]
        page = _filled(
            "package.html", version, request, made_at, tables=tables_, path=path_of, shown=SHOWN, left_out=left
        )
        _finish(out, page, _facts(version, request, made_at))
    return sum(table.total for table in held)


def _store(out: Packing, version: Version, name: str, lines: Iterable[Lines], language: str) -> list[Table]:
    """The tables of one store in the order of its map, with what was read for each."""
    held = {table.dataset: table for table in tables(version, name, language)}
    waiting = dict(held)
    for dataset, group in groupby(lines, key=attrgetter("dataset")):
        if dataset in waiting:  # one of which nothing is handed out is no table
            held[dataset] = out.table(waiting.pop(dataset), group)
    return [out.table(table, ()) if table.dataset in waiting else table for table in held.values()]


def with_rows(held: Iterable[Table]) -> dict[str, list[str]]:
    """The datasets that hold something, by store."""
    found = dict[str, list[str]]()
    for table in held:
        if table.store is not None and table.total:
            found.setdefault(table.store, []).append(table.dataset)
    return found


def write_report(
    sink: Sink,
    version: Version,
    request: Request,
    report: Report,
    *,
    made_at: datetime,
    beside: Mapping[str, bytes] | None = None,
) -> None:
    """Write the archive of a report; `beside` are more files in it."""
    page, files = report_files(version, request, report, made_at)
    with Packing(sink) as out:
        for path, content in sorted((files | dict(beside or {})).items()):
            out.add(path, content)
        out.totals.update({f"{REPORT}/{one.name}.json": len(one.rows) for one in report.sections})
        _finish(out, page, _facts(version, request, made_at))


def report_files(
    version: Version, request: Request, report: Report, made_at: datetime
) -> tuple[bytes, dict[str, bytes]]:
    """The page of a report, and its sections as JSON by path."""
    files = {
        f"{REPORT}/{one.name}.json": _json(
            {"section": one.name, "title": one.title, "total": len(one.rows), "rows": [dict(row) for row in one.rows]}
        )
        for one in report.sections
    }
    return _filled("report.html", version, request, made_at, report=report), files


def _finish(out: Packing, page: bytes, facts: Mapping[str, Any]) -> None:
    """The page, and a manifest of everything but these two."""
    manifest = {**facts, "totals": out.totals, "files": dict(out.files)}
    out.add("index.html", page)
    out.value("manifest.json", manifest)


def _facts(version: Version, request: Request, made_at: datetime) -> dict[str, Any]:
    return {
        "v": 1,
        "reference": request.reference,
        "request": request.id,
        "version": version.id,
        "policy": version.hash,
        "language": request.language,
        "made_at": made_at.isoformat(),
    }


def _filled(template: str, version: Version, request: Request, made_at: datetime, **more: object) -> bytes:
    policy, language = version.policy, request.language
    page = (
        _templates()
        .get_template(template)
        .render(
            words=WORDS[language],
            language={"zh": "zh-CN"}.get(language, language),
            title=said(policy.title, language),
            controller=said(policy.controller.name, language),
            request=request,
            version=version,
            made_at=made_at.astimezone(zone(policy)),
            **more,
        )
    )
    return page.encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("troth.requests.fulfilment"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
