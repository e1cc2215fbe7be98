"""`troth consent`: the choices of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli.options import Json, LanguageOption, PolicyOption, SubjectArgument
from troth.cli.output import show

if TYPE_CHECKING:
    from troth.cli.choices import Chooser
    from troth.consent.model import Event

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FunctionArgument = Annotated[str, typer.Argument(metavar="FUNCTION", help="the function that the choice is about")]
MatterArgument = Annotated[
    str, typer.Argument(metavar="MATTER", help="sale, sharing, targeted-advertising, profiling, sensitive or automated")
]
InterfaceOption = Annotated[
    str,
    typer.Option(
        "--interface", help="where the person chose; popup, banner, email and the like: they were asked there"
    ),
]
ActorOption = Annotated[str, typer.Option("--actor", help="who acts: self, guardian or agent")]
VerificationOption = Annotated[
    str | None, typer.Option("--verification", help="id of what shows a guardian or an agent to be one")
]


@app.command()
def accept(
    subject: SubjectArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record that a person accepted the current version and the terms."""
    from troth.cli.choices import record_acceptance

    version = record_acceptance(_chooser(subject, policy, language, interface, actor, verification))
    show(as_json, {"ok": True, "version": version}, [f"accepted {version}"])


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
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record a consent."""
    from troth.cli.choices import record_consent

    who = _chooser(subject, policy, language, interface, actor, verification)
    _said(as_json, record_consent(who, function, grade), function)


@app.command()
def refuse(
    subject: SubjectArgument,
    function: FunctionArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record that a person said no; a consent that stood ends with it."""
    from troth.cli.choices import record_refusal

    who = _chooser(subject, policy, language, interface, actor, verification)
    _said(as_json, record_refusal(who, function), function)


@app.command()
def withdraw(
    subject: SubjectArgument,
    function: FunctionArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record a withdrawal; it acts from now on and leaves the past as it was."""
    from troth.cli.choices import record_withdrawal

    who = _chooser(subject, policy, language, interface, actor, verification)
    _said(as_json, record_withdrawal(who, function), function)


@app.command("opt-out")
def opt_out(
    subject: SubjectArgument,
    matter: MatterArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record that a person opted out, such as of the sale of their data."""
    from troth.cli.choices import record_opt_out

    who = _chooser(subject, policy, language, interface, actor, verification)
    _said(as_json, record_opt_out(who, matter), matter)


@app.command("opt-in")
def opt_in(
    subject: SubjectArgument,
    matter: MatterArgument,
    policy: PolicyOption = None,
    language: LanguageOption = "zh",
    interface: InterfaceOption = "cli",
    actor: ActorOption = "self",
    verification: VerificationOption = None,
    as_json: Json = False,
) -> None:
    """Record that a person opted in, again or for the first time."""
    from troth.cli.choices import record_opt_in

    who = _chooser(subject, policy, language, interface, actor, verification)
    _said(as_json, record_opt_in(who, matter), matter)


@app.command("ask")
def may_ask(
    subject: SubjectArgument,
    matter: Annotated[str, typer.Argument(metavar="FUNCTION", help="a function, or an opt-out such as sale")],
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Say whether a person may be asked now; exit 3 if not, with the clause and the day."""
    from troth.base.errors import ConflictError
    from troth.cli.choices import may_be_asked

    found = may_be_asked(subject, matter, policy)
    if not found.allowed:
        when = f"not before {found.not_before:%Y-%m-%d %H:%M} UTC" if found.not_before else "not at all"
        hint = "whoever comes by themselves may choose at any time"
        raise ConflictError("consent.may-not-ask", f"{when}: clause `{found.clause}`", hint=hint)
    show(as_json, {"ok": True, "allowed": True}, ["may be asked now"])


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


@app.command()
def history(subject: SubjectArgument, as_json: Json = False) -> None:
    """List all choices of a person, oldest first; `troth receipt show EVENT` proves one of them."""
    from troth.cli.choices import events

    rows = events(subject)
    show(
        as_json,
        {"ok": True, "events": rows},
        [f"{row['at']} {row['kind']}: {row['function']} ({row['grade']}) {row['id']}" for row in rows]
        or ["no choice recorded"],
    )


def _chooser(
    subject: str, policy: str | None, language: str, interface: str, actor: str, verification: str | None
) -> Chooser:
    from typing import cast

    from troth.cli.choices import Chooser
    from troth.consent.actor import Actor, ActorKind

    return Chooser(subject, policy, language, interface, Actor(cast("ActorKind", actor), verification))


def _said(as_json: bool, event: Event, about: str) -> None:
    show(as_json, {"ok": True, "event": event.id}, [f"{event.kind}: {about} ({event.id})"])
