"""What staff decide about single changes of a correction, and about the end of a restriction, from the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.options import Json
from troth.cli.request import RequestArgument
from troth.cli.reviews import By, Words, act, spoken

if TYPE_CHECKING:
    from troth.app.application import Application
    from troth.base.work import Work
    from troth.requests.model import Request

Items = Annotated[list[str], typer.Argument(metavar="ITEM…", help="items that wait for a decision")]
Evidence = Annotated[str, typer.Option("--evidence", help="what shows it")]


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command("accept-change")(accept)
    app.command("refuse-change")(refuse)
    app.command("announce-lift")(announce)
    app.command("lift")(lift)


def accept(
    request: RequestArgument, items: Items, evidence: Evidence = "", by: By = "cli", as_json: Json = False
) -> None:
    """Let changes of a correction be carried out."""
    from troth.requests.deciding import correction_review

    act(
        as_json,
        lambda app, work: correction_review.accept(
            work, app.vault, request, items, evidence=evidence, by=by, jobs=app.jobs
        ),
    )


def refuse(
    request: RequestArgument,
    ground: Annotated[str, typer.Argument(metavar="GROUND", help="a ground that the policy lists")],
    items: Items,
    reason: Annotated[str, typer.Option("--reason", help="what the person will read; - reads it from the input")],
    evidence: Evidence = "",
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Leave items of a correction as they are, on a ground of the policy."""
    from troth.requests.deciding import correction_review, proposals
    from troth.requests.kinds import Kind

    def do(app: Application, work: Work) -> Request:
        proposals.alone(app.settings.two_pairs, Kind.CORRECTION, "refuse")
        return correction_review.refuse(
            work, app.vault, request, items, ground, reason=spoken(reason), evidence=evidence, by=by, jobs=app.jobs
        )

    act(as_json, do)


def announce(request: RequestArgument, text: Words, by: By = "cli", as_json: Json = False) -> None:
    """Tell a person that the restriction they asked for will end, and why."""
    from troth.requests import restriction

    act(as_json, lambda app, work: restriction.announce(work, app.vault, request, spoken(text), by=by))


def lift(request: RequestArgument, by: By = "cli", as_json: Json = False) -> None:
    """End a restriction, after the letter that announced it has gone out."""
    from troth.requests import restriction

    act(as_json, lambda _, work: restriction.lift(work, request, by=by))
