"""`troth request`: what people ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import Json, LanguageOption, PolicyOption, SubjectArgument
from troth.cli.output import finish, show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

RequestArgument = Annotated[str, typer.Argument(metavar="REQUEST", help="the request's id (req-…)")]


@app.command("open")
def open_(
    subject: SubjectArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="such as copy, erasure or complaint")],
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    channel: Annotated[str, typer.Option("--channel", help="how the request reached you")] = "cli",
    about: Annotated[
        list[str] | None, typer.Option("--about", metavar="NAME", help="a purpose, a matter, or whom data are sent to")
    ] = None,
    text: Annotated[str, typer.Option("--text", help="what the person says about it")] = "",
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ITEM=VALUE", help="what an item should be; with - the value is read from input"),
    ] = None,
    party: Annotated[
        tuple[str, str, str] | None,
        typer.Option("--party", metavar="WHO NAME CONTACT", help="an agent, guardian or close-relative asks for them"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Open a request; an open one of the same kind is found, not doubled."""
    from troth.cli.requests import details_of, opened_request, summary, value

    told = details_of(kind, about or (), sets or (), text)
    request = opened_request(subject, kind, policy, language, channel, told=told, asks=party)
    show(as_json, {"ok": True, "request": value(request)}, [summary(request)])


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="only those in this state")] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="REQUEST", help="the last one of the page before")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="how many at the most")] = 50,
    as_json: Json = False,
) -> None:
    """List requests, newest first."""
    from troth.cli.requests import listed, summary, value

    found = listed(state, after, limit)
    show(
        as_json,
        {"ok": True, "requests": [value(one) for one in found]},
        [summary(one) for one in found] or ["no request"],
    )


@app.command("show")
def show_(request: RequestArgument, as_json: Json = False) -> None:
    """Show one request: its state, deadlines and everything that happened."""
    from troth.cli.requests import details

    whole, lines = details(request)
    show(as_json, {"ok": True, "request": whole}, lines)


@app.command()
def run(
    request: Annotated[str | None, typer.Argument(metavar="REQUEST", help="only wait for this one")] = None,
    as_json: Json = False,
) -> None:
    """Do everything that is due now; exit 5 while a store is down."""
    from troth.cli.requests import run_due, summary, value

    found = run_due(request)
    show(
        as_json,
        {"ok": True, "requests": [value(one) for one in found]},
        [summary(one) for one in found] or ["nothing is open"],
    )
    finish(5 if any(one.state == "blocked" for one in found) else 0)


@app.command()
def recall(request: RequestArgument, as_json: Json = False) -> None:
    """Take back the closing of an account while it is cooling off."""
    from troth.cli.requests import recalled, summary, value

    found = recalled(request)
    show(as_json, {"ok": True, "request": value(found)}, [summary(found)])


@app.command()
def package(
    request: RequestArgument,
    out: Annotated[Path, typer.Option("--out", help="where the ZIP goes")],
    as_json: Json = False,
) -> None:
    """Write the package of a copy to a file that only you can read."""
    from troth.cli.requests import write_package

    size = write_package(request, out)
    show(as_json, {"ok": True, "file": str(out), "bytes": size}, [f"{out}: {size} bytes"])
