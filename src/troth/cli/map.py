"""`troth map` and `troth plan`: where the data lies, and what a request would do there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import FolderArgument, Json, LanguageOption
from troth.cli.output import finish, show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

StoreOption = Annotated[str | None, typer.Option("--store", help="only this store")]
OutOption = Annotated[Path | None, typer.Option("--out", help="write here instead of the terminal")]
PolicyFolder = Annotated[
    Path, typer.Option("--policy", metavar="FOLDER", help="folder of the policy whose items it is")
]


def add(top: typer.Typer) -> None:
    """Give `top` the command that stands beside `map`."""
    top.command()(plan)


@app.command()
def scan(
    store: Annotated[str, typer.Argument(metavar="STORE", help="where the database's URL stands: env:NAME, file:PATH")],
    policy: PolicyFolder,
    name: Annotated[str, typer.Option("--name", help="the store's name in Troth")] = "company",
    out: OutOption = None,
    as_json: Json = False,
) -> None:
    """Draft a data map from a live database, with the reason and the certainty of every guess."""
    from troth.cli.maps import scanned

    text, guesses = scanned(store, policy, name)
    _write(out, text)
    show(as_json, {"ok": True, "store": name, "map": text, "guesses": guesses}, () if out else text.splitlines())


@app.command()
def check(folder: FolderArgument, store: StoreOption = None, as_json: Json = False) -> None:
    """Hold the data maps against the policy and the live stores."""
    from troth.cli.maps import checked, lines, values

    errors, warnings = checked(folder, store)
    summary = f"{len(errors)} errors, {len(warnings)} warnings"
    value = {"ok": not errors, "errors": values(errors), "warnings": values(warnings)}
    show(as_json, value, [*lines("error", errors), *lines("warning", warnings), summary])
    finish(2 if errors else 0)


@app.command()
def draw(
    folder: FolderArgument,
    store: StoreOption = None,
    language: LanguageOption = "en",
    out: OutOption = None,
    as_json: Json = False,
) -> None:
    """Draw a data map as SVG."""
    from troth.cli.maps import drawn

    text = drawn(folder, store, language)
    _write(out, text)
    show(as_json, {"ok": True, "svg": text}, () if out else text.splitlines())


@app.command()
def grants(
    folder: FolderArgument,
    user: Annotated[str, typer.Option("--user", help="the database's user that Troth connects as")] = "troth",
    store: StoreOption = None,
    as_json: Json = False,
) -> None:
    """Print the least rights that Troth's user of a database needs, as SQL."""
    from troth.cli.maps import granted

    found = granted(folder, store, user)
    show(as_json, {"ok": True, "grants": found}, [line for lines in found.values() for line in lines])


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a dataset of Fides")],
    policy: PolicyFolder,
    url: Annotated[str, typer.Option("--url", help="where the database's URL stands")] = "env:COMPANY_URL",
    out: Annotated[Path | None, typer.Option("--out", help="write the maps into this folder")] = None,
    as_json: Json = False,
) -> None:
    """Turn a dataset of Fides into data maps, and say what they could not carry."""
    from troth.cli.maps import taken

    found = taken(file, policy, url)
    for one in found:
        _write(out / f"{one.name}.yaml" if out else None, one.text)
    left = [line for one in found for line in one.left_out]
    value = {"ok": True, "maps": {one.name: one.text for one in found}, "left_out": left}
    show(as_json, value, () if out else [one.text for one in found])
    if not as_json:
        sys.stderr.writelines(f"not carried over: {line}\n" for line in left)


def plan(
    folder: FolderArgument,
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="access, erasure, or seeds: what is read to find people in the next store"),
    ] = "erasure",
    store: StoreOption = None,
    dry_run: Annotated[
        list[str] | None,
        typer.Option("--dry-run", metavar="SUBJECT", help="count this person's rows (phone:…, email:…), write nothing"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the statements that a request compiles to in each store, or count the rows that it would meet."""
    from troth.cli.maps import counted, planned

    if dry_run:
        met = counted(folder, store, kind, dry_run)
        text = [f"{one['store']}.{one['dataset']}: {one['rows']} {one['change']}" for one in met.rows]
        text += [f"stores add: {number} {name}" for name, number in met.seeds.items()]
        text += [f"not followed, could be somebody else's: {number} {name}" for name, number in met.unclear.items()]
        value = {"ok": True, "kind": kind, "rows": met.rows, "seeds": met.seeds, "unclear": met.unclear}
        show(as_json, value, text)
        return
    plans = planned(folder, store, kind)
    lines = [line for name, found in plans.items() for line in (f"-- {name}", *(f"{one};" for one in found))]
    show(as_json, {"ok": True, "kind": kind, "plans": plans}, lines)


def _write(out: Path | None, text: str) -> None:
    if out is not None:
        out.write_text(text, encoding="utf-8")
