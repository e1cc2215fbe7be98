"""`troth journal`: the log of everything that was done."""

from __future__ import annotations

import typer

from troth.cli.options import Json
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own while it is the only one."""


@app.command()
def verify(as_json: Json = False) -> None:
    """Derive the whole log anew, from every entry up to the signed checkpoint; exit 4 if anything differs."""
    from troth.cli.session import opened
    from troth.journal.service import checkpoint, latest_checkpoint
    from troth.journal.service import verify as verify_log

    troth = opened()
    with troth.begin() as work:
        checkpoint(work, troth.signer)
        found = verify_log(work, troth.believed_keys)
        note = latest_checkpoint(work)
    show(
        as_json,
        {
            "ok": True,
            "size": found.size,
            "checkpoints": found.checkpoints,
            "key": troth.signer.vkey,
            "checkpoint": note,
        },
        [f"{found.size} entries verify up to the signed checkpoint; {found.checkpoints} checkpoints, none regressed"],
    )
