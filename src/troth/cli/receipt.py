"""`troth receipt`: the proof of one choice; verifying one takes nothing but the log's public key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

KeyOption = Annotated[
    list[str],
    typer.Option("--key", help="a verifier string of the log, as `troth keys show` prints it; once for each key"),
]


@app.command("show")
def show_receipt(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="the choice's id, such as evt-4f2k…")],
    form: Annotated[str, typer.Option("--format", help="json, or json-ld with its context")] = "json",
    language: Annotated[
        str | None, typer.Option("--lang", help="zh or en; the language of the choice if left out")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the receipt of a choice, itself one JSON document to be kept; --json puts it beside an `ok`."""
    import json

    from troth.cli.receipts import issued

    receipt = issued(event, form, language)
    show(as_json, {"ok": True, "receipt": receipt}, [json.dumps(receipt, ensure_ascii=False, indent=2)])


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the receipt; - for standard input")],
    key: KeyOption,
    as_json: Json = False,
) -> None:
    """Check a receipt against the log's public key; needs no database and no settings. Exit 4 if it does not verify."""
    from dataclasses import asdict

    from troth.cli.receipts import checked

    found = checked(file, key)
    lines = [
        f"{found.kind}: {found.function} at {found.at}, under {found.version} ({found.event})",
        f"entry {found.index} of the {found.size} that the log has signed for",
        *(f"signature of {name} was not checked: its key was not given" for name in found.unchecked),
    ]
    show(as_json, {"ok": True, **asdict(found)}, lines)
