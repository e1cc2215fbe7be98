"""`troth keys`: the keys of this installation."""

from __future__ import annotations

import typer

from troth.cli.options import Json
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("show")
def show_keys(as_json: Json = False) -> None:
    """Which master keys wrap how many keys, and whose signatures on the journal are believed; no secrets."""
    from troth.app.keyring.rotation import master_use
    from troth.cli.session import opened

    troth = opened()
    used = master_use(troth)
    masters = [f"master key {master}: wraps {number} keys" for master, number in used.items()]
    masters[0] += " (today's)"
    value = {"ok": True, "masters": used, "master": troth.vault.current, "journal": troth.believed_keys}
    show(as_json, value, [*masters, *(f"journal key {vkey}" for vkey in troth.believed_keys)])


@app.command("rotate-master")
def rotate_master(as_json: Json = False) -> None:
    """Make a new master key and bring every person's key under it; no data are touched. Run it again if interrupted."""
    import sys

    from troth.app.keyring.rotation import rotate_master as rotate
    from troth.cli.session import opened

    def told(done: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} keys")
            sys.stderr.flush()

    done = rotate(opened(), told)
    value = {"ok": True, "master": done.master, "rewrapped": done.rewrapped}
    lines = [
        f"{done.rewrapped} keys are under master key {done.master} now",
        "the old key stays for backups; `troth keys forget-master` takes it away for good",
    ]
    show(as_json, value, lines)


@app.command("forget-master")
def forget_master(as_json: Json = False) -> None:
    """Destroy master keys that nothing is under any more; older backups never open again."""
    from troth.app.keyring.rotation import forget_master as forget
    from troth.cli.session import opened

    gone = forget(opened())
    show(
        as_json,
        {"ok": True, "forgotten": gone},
        [f"forgot master key {master}" for master in gone] or ["none to forget"],
    )


@app.command("rotate-journal")
def rotate_journal(as_json: Json = False) -> None:
    """Let a new key sign the journal; what the old one signed still verifies. Restart servers afterwards."""
    from troth.app.keyring.rotation import rotate_signing
    from troth.cli.session import opened

    troth = opened()
    new = rotate_signing(troth)
    value = {"ok": True, "key": new.vkey, "old": troth.signer.vkey}
    show(as_json, value, [f"signs from now on: {new.vkey}", f"still believed:     {troth.signer.vkey}"])
