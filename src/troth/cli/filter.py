"""`troth filter`, `troth whom`: everybody at once, in a file or by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import (
    ActionOption,
    ItemOption,
    Json,
    LanguageOption,
    PolicyOption,
    PurposeOption,
    RecipientOption,
)
from troth.cli.output import show


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command("filter")(filter_)
    app.command()(whom)


def filter_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a Parquet or CSV file of people")],
    purpose: PurposeOption,
    item: ItemOption,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="the file to write, .parquet or .csv")],
    action: ActionOption = "use",
    to: RecipientOption = None,
    column: Annotated[str, typer.Option("--column", help="the column that names the person")] = "subject",
    kind: Annotated[
        str | None, typer.Option("--kind", help="what the column holds: phone, email …; without it subjects' ids")
    ] = None,
    states: Annotated[
        Path | None, typer.Option("--states", metavar="FILE", help="exported states; without it they are read now")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="say why rows were kept or not, and how many name nobody known")
    ] = False,
    policy: PolicyOption = None,
    language: LanguageOption = "en",
    as_json: Json = False,
) -> None:
    """Keep the rows of people whose data may be used so. Whoever is not known is not kept."""
    from troth.cli.cohorts import Source, filtered, reason_lines, reason_value

    source = Source(file, column, kind, states, policy)
    counts, reasons = filtered(source, (purpose, item, action, to), out, explain=explain)
    value = {"ok": True, "rows": counts.rows, "allowed": counts.allowed, "not_allowed": counts.rows - counts.allowed}
    lines = [f"{counts.allowed} of {counts.rows} rows allowed, {counts.rows - counts.allowed} not"]
    if reasons is not None:
        value |= reason_value(reasons, language)
        lines += reason_lines(reasons, language)
    show(as_json, value, lines)


def whom(
    purpose: PurposeOption,
    item: ItemOption,
    action: ActionOption = "use",
    to: RecipientOption = None,
    count: Annotated[bool, typer.Option("--count", help="only how many they are")] = False,
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """List everybody whose data may be used so, by the subject's id."""
    from troth.cli.cohorts import people

    found = people((purpose, item, action, to), policy)
    value = {"ok": True, "count": len(found), **({} if count else {"subjects": found})}
    show(as_json, value, [str(len(found))] if count else found)
