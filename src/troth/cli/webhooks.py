"""`troth webhook`: systems of the company that are told what happens to requests, consents and policies."""

from __future__ import annotations

from typing import Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import finish, show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

WebhookArgument = Annotated[str, typer.Argument(metavar="WEBHOOK", help="its id (hook-…)")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="where it is told: https://host/path")],
    secret: Annotated[
        str, typer.Option("--secret", metavar="REFERENCE", help="where its secret lies: env:NAME or file:PATH")
    ],
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="such as request.* or policy.published")
    ] = None,
    as_json: Json = False,
) -> None:
    """Have an address told from now on, signed as Standard Webhooks has it."""
    from troth.app.keyring.secrets import resolve
    from troth.app.sending.webhooks import signature
    from troth.cli.session import opened
    from troth.requests.exchange import hooks

    running = opened()
    running.outward.check(url)
    with running.begin() as work:
        signature(resolve(secret), "msg-0", work.at, b"")
        made = hooks.add(work, url, secret, kinds or ())
    show(as_json, {"ok": True, "webhook": made.id, "kinds": made.kinds}, [f"{made.id} is told {' '.join(made.kinds)}"])


@app.command("list")
def list_(as_json: Json = False) -> None:
    """The addresses that are told, what waits for them, and what was given up."""
    from troth.cli.session import opened
    from troth.requests.exchange import hooks

    with opened().begin() as work:
        found = hooks.listed(work)
    values = [
        {"id": one.id, "url": one.url, "kinds": one.kinds, "waiting": one.waiting, "dead": one.dead} for one in found
    ]
    lines = [f"{one.id}  {one.url}  {' '.join(one.kinds)}  waiting {one.waiting}, given up {one.dead}" for one in found]
    show(as_json, {"ok": True, "webhooks": values}, lines or ["nobody is told"])


@app.command()
def remove(webhook: WebhookArgument, as_json: Json = False) -> None:
    """Tell it nothing more."""
    from troth.cli.session import opened
    from troth.requests.exchange import hooks

    with opened().begin() as work:
        hooks.remove(work, webhook)
    show(as_json, {"ok": True, "webhook": webhook}, [f"{webhook} is told nothing more"])


@app.command()
def again(webhook: WebhookArgument, as_json: Json = False) -> None:
    """Try what was given up once more."""
    from troth.cli.session import opened
    from troth.requests.exchange import hooks

    with opened().begin() as work:
        revived = hooks.again(work, webhook)
    show(as_json, {"ok": True, "messages": revived}, [f"{revived} messages are sent again"])


@app.command("test")
def try_(webhook: WebhookArgument, as_json: Json = False) -> None:
    """Send it one message that means nothing, now; exit 5 if it is not taken."""
    from troth.app.keyring.secrets import resolve
    from troth.app.sending.webhooks import try_webhook
    from troth.cli.session import opened

    running = opened()
    reply = try_webhook(running.begin, running.outward, resolve, webhook)
    taken = reply.taken
    show(as_json, {"ok": taken, "status": reply.status}, [f"{webhook} answered {reply.status}"])
    finish(0 if taken else 5)
