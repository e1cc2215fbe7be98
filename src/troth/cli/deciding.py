"""What staff decide beside answering and refusing: prices, parts, verdicts, and what recipients answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from troth.cli import approvals
from troth.cli.options import Json, SubjectArgument
from troth.cli.output import show
from troth.cli.request import RequestArgument
from troth.cli.request import app as request_app
from troth.cli.reviews import By, Words, act, spoken

if TYPE_CHECKING:
    from troth.requests.telling.recipients import Notice

disclosures_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.add_typer(disclosures_app, name="disclosure", help="Who got what about a person: record, list.")
    app.command()(unsubscribe)


@request_app.command()
def price(
    request: RequestArgument,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="what it costs at the most, such as 12.50")],
    currency: Annotated[str, typer.Argument(metavar="CURRENCY", help="such as CNY")],
    reason: Annotated[str, typer.Argument(metavar="REASON", help="repeated, excessive, unfounded or tariff")],
    text: Words,
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Tell the person what it would cost, and wait until they agree."""
    from troth.requests.deciding import fees

    charge = fees.Charge(amount, currency, reason)
    act(as_json, lambda app, work: fees.price(work, app.vault, request, charge, because=spoken(text), by=by))


@request_app.command()
def accept(request: RequestArgument, by: By = "cli", as_json: Json = False) -> None:
    """Take down that the person agreed to the price."""
    from troth.requests.deciding import fees

    act(as_json, lambda app, work: fees.accept(work, app.vault, request, jobs=app.jobs, by=by))


@request_app.command()
def paid(request: RequestArgument, by: By = "cli", as_json: Json = False) -> None:
    """Take down that what a request cost has been paid."""
    from troth.requests.deciding import fees

    act(as_json, lambda app, work: fees.paid(work, app.vault, request, jobs=app.jobs, by=by))


@request_app.command()
def doubt(request: RequestArgument, text: Words, by: By = "cli", as_json: Json = False) -> None:
    """Ask for a document that shows who asks, because there is reason to doubt it; nothing is done before."""
    from troth.requests.deciding import doubts

    act(as_json, lambda app, work: doubts.doubt(work, app.vault, request, spoken(text), by=by))


@request_app.command()
def proceed(request: RequestArgument, by: By = "cli", as_json: Json = False) -> None:
    """Let a request that was looked at be carried out."""
    from troth.requests.deciding import fees

    act(as_json, lambda app, work: fees.proceed(work, app.vault, request, jobs=app.jobs, by=by))


@request_app.command()
def keep(
    request: RequestArgument,
    part: Annotated[str, typer.Argument(metavar="PART", help="a data set, as store.dataset, or an item of a copy")],
    ground: Annotated[str, typer.Argument(metavar="GROUND", help="a ground that the policy lists")],
    text: Words,
    evidence: Annotated[str, typer.Option("--evidence", help="what shows it, where the ground needs that")] = "",
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Refuse a part of a request on a ground of the policy; the rest is carried out."""
    given = {"part": part, "ground": ground, "reason": spoken(text), "evidence": evidence}
    approvals.do(as_json, request, "keep", given, by)


@request_app.command()
def decide(
    request: RequestArgument,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="upheld or overturned")],
    text: Words,
    remedy: Annotated[str, typer.Option("--remedy", help="what is done about it, where it is overturned")] = "",
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Uphold or overturn a decision that a person contests, with the reasons."""
    from troth.requests.deciding import reviewing

    act(
        as_json,
        lambda app, work: reviewing.decide(
            work, app.vault, request, verdict, reasons=spoken(text), remedy=remedy, by=by
        ),
    )


@request_app.command()
def recipients(request: RequestArgument, as_json: Json = False) -> None:
    """List the recipients that were told of a request, and what they answered."""
    from troth.cli.session import opened
    from troth.requests.telling import recipients as told

    app = opened()
    with app.begin() as work:
        found = told.of(work, request)
    show(as_json, {"ok": True, "recipients": [_value(one) for one in found]}, [*map(_line, found)] or ["nobody"])


@request_app.command()
def confirm(
    request: RequestArgument,
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="the recipient's id in the policy")],
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="done, nothing-held or refused")],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Take down what a recipient answered that was told of a request."""
    from troth.cli.session import opened
    from troth.requests.telling import recipients as told

    app = opened()
    with app.begin() as work:
        found = told.answered(work, app.vault, request, recipient, answer, by=by)
    show(as_json, {"ok": True, "recipient": _value(found)}, [_line(found)])


@disclosures_app.command("record")
def record_(
    subject: SubjectArgument,
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="the recipient's id in the policy")],
    items: Annotated[list[str], typer.Option("--item", help="what it got")],
    purpose: Annotated[str, typer.Option("--purpose", help="what for")],
    action: Annotated[str, typer.Option("--action", help="share, transfer, disclose, sell or publish")] = "share",
    as_json: Json = False,
) -> None:
    """Write down that a recipient got data of a person."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.consent.service import binding_version
    from troth.requests.fulfilment import disclosures
    from troth.versions.service import current

    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        version = binding_version(work, current(work), found)
        made = disclosures.record(
            work, app.vault, version, found, recipient, items=items, purpose=purpose, action=action
        )
    show(as_json, {"ok": True, "disclosure": made}, [made])


@disclosures_app.command("list")
def list_(subject: SubjectArgument, as_json: Json = False) -> None:
    """List what was recorded of a person."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.requests.fulfilment import disclosures

    app = opened()
    with app.begin() as work:
        found = disclosures.recorded(work, find_subject(app, work, subject))
    values = [
        {"recipient": one.recipient, "action": one.action, "items": one.items, "purpose": one.purpose, "at": one.at}
        for one in found
    ]
    lines = [f"{one.at:%Y-%m-%d} {one.action} {one.recipient}: {', '.join(one.items)}" for one in found]
    show(as_json, {"ok": True, "disclosures": values}, lines or ["nothing was recorded"])


def unsubscribe(
    subject: SubjectArgument,
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="what the link ends the use for")],
    as_json: Json = False,
) -> None:
    """Print the two headers of a mail by which its reader unsubscribes with one click."""
    from troth.cli.session import opened
    from troth.cli.session import subject as find_subject
    from troth.requests.telling import unsubscribing
    from troth.versions.service import current

    app = opened()
    with app.begin() as work:
        link = unsubscribing.Link(find_subject(app, work, subject), purpose)
        end = unsubscribing.token(app.vault, current(work), link)
    headers = unsubscribing.headers(app.settings.base_url, end)
    show(as_json, {"ok": True, "headers": headers}, [f"{name}: {value}" for name, value in headers.items()])


def _value(one: Notice) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "items": one.items,
        "told_at": one.told_at,
        "reminders": one.reminders,
        "answer": one.answer,
        "answered_at": one.answered_at,
        "by_hand": one.by_hand,
    }


def _line(one: Notice) -> str:
    told = f"told {one.told_at:%Y-%m-%d}" if one.told_at else "to be told by hand" if one.by_hand else "not told yet"
    return f"{one.recipient}: {told}, {one.answer or 'no answer yet'}"
