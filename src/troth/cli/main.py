"""The entry point: commands are declared here, their work is imported only when one of them runs."""

from __future__ import annotations

import os
import sys

import typer

from troth.base.errors import TrothError
from troth.cli import (
    agents,
    consent,
    controllers,
    corrections,
    deciding,
    journal,
    keys,
    language,
    people,
    policy,
    receipt,
    request,
    restore,
    reviews,
    running,
    sql,
    tasks,
    webhooks,
)
from troth.cli import filter as filtering
from troth.cli import map as map_
from troth.cli.output import fail, unexpected

app = typer.Typer(
    name="troth",
    help="Keep the promises of a privacy policy, and show that they are kept.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
policy.add(app)
language.add(app)
people.add(app)
filtering.add(app)
sql.add(app)
running.add(app)
reviews.add(app)
deciding.add(app)
corrections.add(request.app)
map_.add(app)
app.add_typer(consent.app, name="consent", help="Choices of a person: give, withdraw, opt out, show.")
app.add_typer(receipt.app, name="receipt", help="Proofs of choices: show, verify.")
app.add_typer(request.app, name="request", help="What people ask for: open, list, show, run.")
app.add_typer(map_.app, name="map", help="Data maps: scan, check, draw, grants, import.")
app.add_typer(journal.app, name="journal", help="The log of everything that was done.")
app.add_typer(restore.app, name="restore", help="After a restore from a backup: list, replay, forget.")
app.add_typer(agents.app, name="agent", help="Agents of the Data Rights Protocol: add, remove, list.")
app.add_typer(tasks.app, name="task", help="What people do in stores without an interface: list, show, done, refuse.")
app.add_typer(
    controllers.controllers_app, name="controller", help="Other controllers that data are sent to: add, list, remove."
)
app.add_typer(controllers.arrivals_app, name="arrival", help="Data that other controllers sent: list, take.")
app.add_typer(webhooks.app, name="webhook", help="Systems that are told what happens: add, list, remove, test.")
app.add_typer(keys.app, name="keys", help="Keys: show, change, forget.")


def main() -> None:
    """Run one command; every error of ours ends with its own exit code and never with a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code."""
    try:
        app(arguments)
    except TrothError as error:
        return fail("--json" in arguments, error)
    except SystemExit as end:  # the way in which the command line's library says how a command ended
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:
        if os.environ.get("TROTH_DEBUG"):
            raise
        return fail("--json" in arguments, unexpected(error))
    return 0
