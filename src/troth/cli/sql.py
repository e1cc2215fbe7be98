"""`troth sql`, `troth state export`: decisions inside somebody else's SQL engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import ActionOption, ItemOption, Json, PolicyOption, PurposeOption, RecipientOption
from troth.cli.output import show

states = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command()(sql)
    app.add_typer(states, name="state", help="The table of states that decisions in SQL are made from: export.")


def sql(
    purpose: PurposeOption,
    item: ItemOption,
    dialect: Annotated[
        str, typer.Option("--dialect", help="postgresql, mysql, sqlite, duckdb or spark")
    ] = "postgresql",
    action: ActionOption = "use",
    to: RecipientOption = None,
    column: Annotated[
        str, typer.Option("--column", help="your column with subjects' ids, like people.subject")
    ] = "subject",
    table: Annotated[str, typer.Option("--table", help="what you called the exported table of states")] = "troth_state",
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Print the condition that selects the rows of people whose data may be used so."""
    from troth.cli.cohorts import condition

    text = condition(dialect, (purpose, item, action, to), column=column, table=table, policy=policy)
    show(as_json, {"ok": True, "dialect": dialect, "condition": text}, [text])


@states.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the file to write, .parquet or .csv")],
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Write everybody's facts as words of bits, with the version that binds each of them."""
    from troth.cli.cohorts import export_to

    done = export_to(file, policy)
    show(
        as_json,
        {"ok": True, "people": done.people, "words": done.words, "change": done.follows},
        [f"{done.people} people, {done.words} words, as of change {done.follows}"],
    )
