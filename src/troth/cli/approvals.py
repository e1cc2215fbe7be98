"""What two people of the staff must agree to, from the shell: proposals, and who approves or declines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import show
from troth.cli.request import RequestArgument
from troth.cli.request import app as request_app

if TYPE_CHECKING:
    from troth.app.application import Application
    from troth.base.work import Work
    from troth.requests.deciding.eyes import Act
    from troth.requests.model import Request

By = Annotated[str, typer.Option("--by", metavar="WHO", help="who of the staff does it; stands in the timeline")]
Proposed = Annotated[str, typer.Argument(metavar="PROPOSAL", help="the proposal's id (prp-…)")]


def do(as_json: bool, request_id: str, act: Act, given: Mapping[str, str], by: str) -> None:
    """Do it, or propose it where two people must agree."""
    from troth.cli.session import opened
    from troth.requests.deciding import approval
    from troth.requests.service import get

    app = opened()
    with app.begin() as work:
        two_pairs = app.settings.two_pairs
        made = approval.act(work, app.vault, request_id, act, given, by=by, two_pairs=two_pairs)
        request = get(work, request_id)
    _show(as_json, request, [made.id] if made else [])


@request_app.command()
def let(
    request: RequestArgument,
    act: Annotated[str, typer.Argument(metavar="ACT", help="erase or package")],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Be the first of two people to let a worker do what it waits with."""
    from troth.base.errors import InputError
    from troth.cli.session import opened
    from troth.requests.deciding import approval
    from troth.requests.deciding.eyes import OF_WORKERS
    from troth.requests.service import get

    chosen = [one for one in OF_WORKERS if one == act]
    if not chosen:
        hint = f"use one of {', '.join(OF_WORKERS)}"
        raise InputError("requests.unknown-act", f"`{act[:40]}` is nothing that a worker waits with", hint=hint)
    app = opened()
    with app.begin() as work:
        made = approval.let(work, app.vault, request, chosen[0], by=by)
        found = get(work, request)
    _show(as_json, found, [made.id])


@request_app.command()
def approve(proposal: Proposed, by: By = "cli", as_json: Json = False) -> None:
    """Be the second person: what was proposed is done."""
    from troth.requests.deciding import approval

    _decide(as_json, lambda app, work: approval.approve(work, app.vault, proposal, by=by, jobs=app.jobs))


@request_app.command()
def decline(proposal: Proposed, by: By = "cli", as_json: Json = False) -> None:
    """Do not agree to what was proposed, or take it back."""
    from troth.requests.deciding import approval

    _decide(as_json, lambda _, work: approval.decline(work, proposal, by=by))


def _decide(as_json: bool, decide: Callable[[Application, Work], Request]) -> None:
    from troth.cli.session import opened
    from troth.requests.deciding import proposals

    app = opened()
    with app.begin() as work:
        request = decide(app, work)
        waiting = [one.id for one in proposals.waiting(work, request.id)]
    _show(as_json, request, waiting)


def _show(as_json: bool, request: Request, waiting: list[str]) -> None:
    from troth.cli.requests import summary, value

    told = {"ok": True, "request": value(request), "proposals": waiting}
    show(as_json, told, [summary(request), *(f"{one} waits for a second person" for one in waiting)])
