"""What staff decide about requests, from the shell; legal holds; and what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli import approvals
from troth.cli.options import Json, SubjectArgument
from troth.cli.output import show
from troth.cli.request import RequestArgument
from troth.cli.request import app as request_app

if TYPE_CHECKING:
    from troth.app.application import Application
    from troth.base.work import Work
    from troth.requests.model import Request

holds_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

By = Annotated[str, typer.Option("--by", metavar="WHO", help="who of the staff does it; stands in the timeline")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="what the person will read; - reads it from the input")]


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.add_typer(holds_app, name="hold", help="Legal holds: place, release, list.")
    app.command()(deadlines)


@request_app.command()
def ask(request: RequestArgument, text: Words, by: By = "cli", as_json: Json = False) -> None:
    """Ask the person what exactly they mean."""
    from troth.requests.deciding import review

    act(as_json, lambda app, work: review.ask(work, app.vault, request, spoken(text), by=by))


@request_app.command()
def answer(request: RequestArgument, text: Words, by: By = "cli", as_json: Json = False) -> None:
    """Write the answer to a complaint or a request for an explanation."""
    approvals.do(as_json, request, "answer", {"text": spoken(text)}, by)


@request_app.command()
def prove(
    request: RequestArgument,
    proofs: Annotated[
        list[str], typer.Argument(metavar="PROOF…", help="identity, authority, kinship, death, points, declaration")
    ],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Say which proofs of somebody who asks for another were seen."""
    from troth.requests.proof import proving

    act(as_json, lambda app, work: proving.prove(work, app.vault, request, proofs, by=by, jobs=app.jobs))


@request_app.command()
def reject(
    request: RequestArgument,
    text: Words,
    proof: Annotated[str, typer.Option("--proof", help="the proof that is not enough, such as authority")] = "",
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """End a request whose sender could not show who they are, or that they may ask."""
    approvals.do(as_json, request, "reject", {"reason": spoken(text), "proof": proof}, by)


@request_app.command()
def refuse(
    request: RequestArgument,
    ground: Annotated[str, typer.Argument(metavar="GROUND", help="a ground that the policy lists")],
    text: Words,
    evidence: Annotated[str, typer.Option("--evidence", help="what shows it, where the ground needs that")] = "",
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Refuse a request on a ground of the policy, with the reason."""
    approvals.do(as_json, request, "refuse", {"ground": ground, "reason": spoken(text), "evidence": evidence}, by)


@request_app.command()
def extend(request: RequestArgument, text: Words, by: By = "cli", as_json: Json = False) -> None:
    """Take longer, once, where the law or the policy allows it, and say why."""
    approvals.do(as_json, request, "extend", {"reason": spoken(text)}, by)


@request_app.command()
def acknowledge(request: RequestArgument, by: By = "cli", as_json: Json = False) -> None:
    """Say that the person was told that their request arrived."""
    from troth.requests.deciding import review

    act(as_json, lambda _, work: review.acknowledge(work, request, by=by))


@holds_app.command()
def place(
    subject: SubjectArgument,
    reason: Annotated[str, typer.Argument(metavar="MATTER", help="such as a court's file number; no name")],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Forbid for now that anything of a person is erased."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.requests import holds

    app = opened()
    with app.begin() as work:
        made = holds.place(work, app.vault, find_subject(app, work, subject), reason, by=by)
    show(as_json, {"ok": True, "hold": made.id}, [made.id])


@holds_app.command()
def release(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="the hold's id (hld-…)")],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Lift a hold; with the person's last one, what it blocked goes on."""
    from troth.cli.session import opened
    from troth.requests import holds

    app = opened()
    with app.begin() as work:
        lifted = holds.release(work, app.vault, hold, by=by, jobs=app.jobs)
    show(as_json, {"ok": True, "hold": lifted.id}, [f"{lifted.id} is lifted"])


@holds_app.command("list")
def list_(subject: SubjectArgument, as_json: Json = False) -> None:
    """List the holds on a person."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.requests import holds

    app = opened()
    with app.begin() as work:
        found = holds.holds_on(work, find_subject(app, work, subject))
    values = [{"id": one.id, "reason": one.reason, "by": one.by, "placed_at": one.placed_at} for one in found]
    lines = [f"{one.id} since {one.placed_at:%Y-%m-%d}: {one.reason}" for one in found]
    show(as_json, {"ok": True, "holds": values}, lines or ["no hold"])


def deadlines(
    at: Annotated[
        datetime | None, typer.Option("--at", metavar="DATE", formats=["%Y-%m-%d"], help="as if it were that day")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what is due on open requests, the soonest first; exit 3 if anything is late."""
    from troth.cli.due import due_at, lines, values
    from troth.cli.output import finish

    found, now = due_at(at)
    show(as_json, {"ok": True, "at": now, "deadlines": values(found, now)}, lines(found, now))
    finish(3 if any(limit.running and limit.due_at < now for _, limit in found) else 0)


def act(as_json: bool, done_by: Callable[[Application, Work], Request]) -> None:
    """Do it in one unit of work, and show the request as it then stands."""
    from troth.cli.requests import summary, value
    from troth.cli.session import opened

    app = opened()
    with app.begin() as work:
        done = done_by(app, work)
    show(as_json, {"ok": True, "request": value(done)}, [summary(done)])


def spoken(text: str) -> str:
    """The text itself, or what stands on the input: words for a person need not lie in a shell's history."""
    import sys

    return sys.stdin.read() if text == "-" else text
