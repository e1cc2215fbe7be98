"""`troth consent`: the choices of a person."""

from __future__ import annotations

from typing import Annotated

import typer

from troth.cli.options import Json, LanguageOption, PolicyOption, SubjectArgument
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FunctionArgument = Annotated[str, typer.Argument(metavar="FUNCTION", help="the function that the choice is about")]
InterfaceOption = Annotated[str, typer.Option("--interface", help="where the person chose")]


@app.command()
def accept(
    subject: SubjectArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    as_json: Json = False,
) -> None:
    """Record that a person accepted the current version and the terms."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.consent.service import accept as accept_version
    from troth.versions.service import current

    troth = opened()
    with troth.begin() as work:
        version = current(work, policy)
        accept_version(
            work, troth.vault, version, find_subject(troth, work, subject), language=language, interface=interface
        )
    show(as_json, {"ok": True, "version": version.id}, [f"accepted {version.id}"])


@app.command()
def give(
    subject: SubjectArgument,
    function: FunctionArgument,
    grade: Annotated[
        str | None, typer.Option("--grade", help="how the consent was given; what the function asks for if left out")
    ] = None,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    as_json: Json = False,
) -> None:
    """Record a consent."""
    from troth.cli.choices import record_consent

    event = record_consent(subject, function, grade, policy, language, interface)
    show(as_json, {"ok": True, "event": event.id}, [f"given: {function} ({event.id})"])


@app.command()
def withdraw(
    subject: SubjectArgument,
    function: FunctionArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    as_json: Json = False,
) -> None:
    """Record a withdrawal; it acts from now on and leaves the past as it was."""
    from troth.cli.choices import record_withdrawal

    event = record_withdrawal(subject, function, policy, language, interface)
    show(as_json, {"ok": True, "event": event.id}, [f"withdrawn: {function} ({event.id})"])


@app.command("show")
def show_choices(subject: SubjectArgument, as_json: Json = False) -> None:
    """List where each choice of a person stands."""
    from troth.cli.choices import standings

    rows = standings(subject)
    show(
        as_json,
        {"ok": True, "consents": rows},
        [f"{row['function']}: {row['status']} ({row['grade']}) since {row['at']}" for row in rows]
        or ["no choice recorded"],
    )
