"""`troth up`, `drill`, `doctor`: the running system and its rehearsals."""

from __future__ import annotations

from typing import Annotated

import typer

from troth.cli.options import FolderArgument, Json
from troth.cli.output import finish, show


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command()(drill)
    app.command()(up)
    app.command()(doctor)


def drill(
    folder: FolderArgument,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="ID", help="only these promises")] = None,
    as_json: Json = False,
) -> None:
    """Rehearse the promises of a policy on a sandbox; exit 3 if one is broken."""
    from troth.cli.drills import lines, rehearse, value

    run = rehearse(folder, only or [])
    show(as_json, value(run), lines(run))
    finish(3 if run.counts["broken"] else 0)


def up(
    host: Annotated[str, typer.Option("--host", help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="port to listen on")] = 8787,
    as_json: Json = False,
) -> None:
    """Serve the portal and the console, and do the work that falls due, until interrupted."""
    from troth.cli.serving import serve
    from troth.cli.session import opened

    app = opened()
    portal = f"http://{host}:{port}/"
    told = {"ok": True, "portal": portal, "console": f"{portal}console"}
    show(as_json, told, [f"portal  {portal}", f"console {portal}console"])
    serve(app, host, port)


def doctor(as_json: Json = False) -> None:
    """Look for what is wrong with this installation; exit 4 if something is."""
    from troth.cli.health import checks

    found = checks()
    ill = [one for one in found if one.level == "error"]
    show(
        as_json,
        {
            "ok": not ill,
            "checks": [{"id": one.id, "level": one.level, "message": one.message, "hint": one.hint} for one in found],
        },
        [f"{one.level}: {one.message} [{one.id}]" + (f"\n  hint: {one.hint}" if one.hint else "") for one in found],
    )
    finish(4 if ill else 0)
