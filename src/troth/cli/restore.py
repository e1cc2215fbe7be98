"""`troth restore`: after a backup was restored, erase again whom it brought back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import Json, PolicyOption
from troth.cli.output import finish, show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List who was erased, as digests that name nobody; keep it beside the backups of Troth's own database."""
    from troth.cli.session import opened
    from troth.requests.exchange import tombstones

    troth = opened()
    with troth.begin() as work:
        found = [one.value for one in tombstones.listed(work)]
    lines = [f"{one['erased_at']} {one['request']} {one['digest'][:16]}…" for one in found]
    show(as_json, {"ok": True, "tombstones": found}, lines or ["nobody was erased"])


@app.command()
def replay(
    backup: Annotated[
        datetime, typer.Option("--backup", metavar="TIME", formats=_FORMATS, help="when the backup was taken, in UTC")
    ],
    store: Annotated[list[str] | None, typer.Option("--store", help="only this store; may be given again")] = None,
    kept: Annotated[
        Path | None, typer.Option("--list", help="what `troth restore list --json` wrote, if our own database is older")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="count, and change nothing")] = False,
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Erase again whoever was erased since the backup was taken; who came back since is left alone.

    Exit 5 where a store cannot say whom it holds: somebody has to look there.
    """
    from troth.cli.restoring import replayed

    found = replayed(backup.replace(tzinfo=UTC), tuple(store or ()), kept, policy, dry=dry_run)
    values = [
        {"store": one.store, "people": one.people, "changed": dict(one.changed), "listed": one.listed} for one in found
    ]
    verb = "would change" if dry_run else "changed"
    lines = [
        f"{one.store}: {one.people} people, {verb} {sum(one.changed.values())} rows"
        if one.listed
        else f"{one.store}: it cannot say whom it holds; look there by hand"
        for one in found
    ]
    show(as_json, {"ok": True, "dry_run": dry_run, "stores": values}, lines)
    finish(0 if all(one.listed for one in found) else 5)


@app.command()
def forget(
    before: Annotated[
        datetime, typer.Option("--before", metavar="DATE", formats=["%Y-%m-%d"], help="erased before that day, in UTC")
    ],
    as_json: Json = False,
) -> None:
    """Forget who was erased so long ago that no backup holds them any more."""
    from troth.cli.session import opened
    from troth.requests.exchange import tombstones

    troth = opened()
    with troth.begin() as work:
        gone = tombstones.forget(work, before.replace(tzinfo=UTC))
    show(as_json, {"ok": True, "forgotten": gone}, [f"{gone} forgotten"])
