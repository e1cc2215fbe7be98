"""`troth subject`, `troth may`: who a person is to us, and what may be done with their data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from troth.cli.options import ActionOption, Json, LanguageOption, PolicyOption, RecipientOption, SubjectArgument
from troth.cli.output import finish, show

subjects = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command()(may)
    app.add_typer(subjects, name="subject", help="The people: register, show.")


@subjects.command()
def register(
    identifiers: Annotated[
        list[str], typer.Argument(metavar="SUBJECT…", help="phone:+86…, email:…; all of the same person")
    ],
    verified: Annotated[
        bool, typer.Option("--verified", help="the channels were verified by your own sign-up")
    ] = False,
    rules: Annotated[str | None, typer.Option("--rules", metavar="SET", help="the rule set that is theirs")] = None,
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Make a person known by their identifiers; known ones are found, not doubled."""
    from troth.cli.session import named, opened
    from troth.subjects.audience import belong
    from troth.subjects.facts import change
    from troth.subjects.service import register as register_subject
    from troth.versions.service import current

    app = opened()
    known = [named(text) for text in identifiers]
    with app.begin() as work:
        subject = register_subject(work, app.vault, known)
        change(work, subject, add=["account.open", *(f"verified.{one.kind}" for one in known if verified)])
        if rules is not None:
            belong(work, app.vault, subject, current(work, policy).policy, rules)
    show(as_json, {"ok": True, "subject": subject}, [subject])


@subjects.command("show")
def show_subject(subject: SubjectArgument, as_json: Json = False) -> None:
    """List the facts that decisions about a person rest on."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.subjects.facts import facts

    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        known = sorted(facts(work, found))
    show(as_json, {"ok": True, "subject": found, "facts": known}, [found, *(f"  {fact}" for fact in known)])


@subjects.command()
def born(
    subject: SubjectArgument,
    day: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="the day of birth")],
    as_json: Json = False,
) -> None:
    """Say when a person was born: facts about their age follow, and change on their birthdays. The date is not kept."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.subjects.age import record
    from troth.subjects.facts import facts

    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        record(work, app.vault, found, day.date())
        known = sorted(fact for fact in facts(work, found) if fact.startswith("age."))
    show(as_json, {"ok": True, "subject": found, "facts": known}, known)


@subjects.command()
def guardian(
    subject: SubjectArgument,
    verification: Annotated[str, typer.Argument(metavar="REFERENCE", help="the record of how they were verified")],
    as_json: Json = False,
) -> None:
    """Say that a verified guardian agreed to the policy for somebody too young to."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.subjects.age import guardian_agreed

    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        guardian_agreed(work, app.vault, found, verification)
    show(as_json, {"ok": True, "subject": found}, [f"a guardian agreed for {found}"])


def may(
    subject: SubjectArgument,
    purpose: Annotated[str | None, typer.Argument(metavar="PURPOSE", help="what for")] = None,
    item: Annotated[str | None, typer.Argument(metavar="ITEM", help="which data item")] = None,
    action: ActionOption = "use",
    to: RecipientOption = None,
    list_purposes: Annotated[
        bool, typer.Option("--list-purposes", help="list what is allowed with the person's data, by purpose")
    ] = False,
    policy: PolicyOption = None,
    language: LanguageOption = "en",
    as_json: Json = False,
) -> None:
    """Ask whether a use may go ahead: exit 0 allowed, 3 denied or not spoken of. The answer is journaled."""
    from troth.cli.decisions import decided, line, listed, listed_lines, value

    if list_purposes:
        allowed = listed(subject, policy)
        show(as_json, {"ok": True, "allowed": [value(one, language) for one in allowed]}, listed_lines(allowed))
        return
    decision = decided(subject, (purpose, item, action, to), policy)
    show(as_json, value(decision, language), [line(decision, language)])
    finish(0 if decision.outcome == "allowed" else 3)
