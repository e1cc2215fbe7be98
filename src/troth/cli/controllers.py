"""`troth controller`, `troth arrival`: other controllers, and the packages that they sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import show

controllers_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
arrivals_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="a short name for it, such as other-shop")]


@controllers_app.command()
def add(
    controller_id: IdArgument,
    zh: Annotated[str, typer.Option("--zh", help="what people call it in Chinese")],
    en: Annotated[str, typer.Option("--en", help="what people call it in English")],
    key: Annotated[str, typer.Option("--key", metavar="VKEY", help="the verifier string of its journal")],
    url: Annotated[str | None, typer.Option("--url", help="where packages are sent; without it nobody's are")] = None,
    as_json: Json = False,
) -> None:
    """Write a controller down: people may have their data sent there, and what it sends is taken."""
    from troth.cli.session import opened
    from troth.requests.exchange import controllers

    running, made = opened(), controllers.controller(controller_id, {"zh": zh, "en": en}, key, url)
    if url is not None:
        running.outward.check(url)
    with running.begin() as work:
        controllers.add(work, made)
    show(as_json, {"ok": True, "controller": made.id}, [f"{made.id} is written down"])


@controllers_app.command("list")
def list_(as_json: Json = False) -> None:
    """The controllers with whom packages are exchanged."""
    from troth.cli.session import opened
    from troth.requests.exchange import controllers

    with opened().begin() as work:
        found = controllers.listed(work)
    values = [{"id": one.id, "names": dict(one.names), "key": one.key, "url": one.url} for one in found]
    lines = [f"{one.id}  {one.names['en']}  {one.names['zh']}  {one.url or '-'}" for one in found]
    show(as_json, {"ok": True, "controllers": values}, lines or ["none are written down"])


@controllers_app.command()
def remove(controller_id: IdArgument, as_json: Json = False) -> None:
    """Exchange nothing with it any more."""
    from troth.cli.session import opened
    from troth.requests.exchange import controllers

    with opened().begin() as work:
        controllers.remove(work, controller_id)
    show(as_json, {"ok": True, "controller": controller_id}, [f"{controller_id} is no longer written down"])


@arrivals_app.command("list")
def list_arrivals(as_json: Json = False) -> None:
    """The packages that wait to be taken in."""
    from troth.cli.session import opened
    from troth.requests.exchange import arrivals

    with opened().begin() as work:
        found = arrivals.listed(work)
    values = [
        {"id": one.id, "from": one.controller, "subject": one.subject, "arrived_at": one.arrived_at} for one in found
    ]
    lines = [
        f"{one.id}  from {one.controller}  {one.arrived_at:%Y-%m-%d}  until {one.expires_at:%Y-%m-%d}" for one in found
    ]
    show(as_json, {"ok": True, "arrivals": values}, lines or ["nothing has arrived"])


@arrivals_app.command()
def take(
    arrival: Annotated[str, typer.Argument(metavar="ARRIVAL", help="its id (trf-…)")],
    out: Annotated[Path, typer.Option("--out", help="where the JSON goes")],
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="who of the staff takes it in")] = "cli",
    as_json: Json = False,
) -> None:
    """Write a package to a file that only you can read; Troth keeps it no longer."""
    from troth.cli.private import write_private
    from troth.cli.session import opened
    from troth.requests.exchange import arrivals

    running = opened()
    with running.begin() as work:  # if it cannot be written, it is not taken
        content = arrivals.take_in(work, running.vault, arrival, by=by).reveal()
        write_private(out, content)
    show(as_json, {"ok": True, "file": str(out), "bytes": len(content)}, [f"{out}: {len(content)} bytes"])
