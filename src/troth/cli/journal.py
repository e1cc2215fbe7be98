"""`troth journal`: the log of everything that was done."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

KeyOption = Annotated[
    list[str] | None, typer.Option("--key", metavar="VKEY", help="verifier string of the log; repeat it for older keys")
]
WitnessOption = Annotated[
    list[str] | None, typer.Option("--witness", metavar="VKEY", help="verifier string of a witness; repeat it")
]
LeastOption = Annotated[
    int | None, typer.Option("--least", min=0, help="how many of the witnesses must have cosigned; without it all")
]


@app.command()
def verify(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="exported folder or .tlog-proof file; without it the journal")
    ] = None,
    key: KeyOption = None,
    witness: WitnessOption = None,
    least: LeastOption = None,
    seen: Annotated[
        Path | None, typer.Option("--seen", metavar="FILE", help="a checkpoint from before that must still hold")
    ] = None,
    as_json: Json = False,
) -> None:
    """Derive everything anew, from every entry up to the signed checkpoint; exit 4 if anything differs."""
    from troth.cli import verifying

    demanded = verifying.Demand(tuple(key or ()), tuple(witness or ()), least)
    if path is None:
        value, line = verifying.own(demanded)
    elif path.is_dir():
        value, line = verifying.folder(path, demanded, seen)
    else:
        value, line = verifying.proof(path, demanded)
    show(as_json, {"ok": True, **value}, [line])


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where the files go; an earlier export is brought up")],
    as_json: Json = False,
) -> None:
    """Sign the log and write it as static files (C2SP tlog-tiles) that anybody can verify without us."""
    from troth.app.keyring.signing import sign
    from troth.app.logfiles import export_to
    from troth.cli.session import opened

    troth = opened()
    sign(troth)
    size, files = export_to(troth, folder)
    value = {"ok": True, "size": size, "files": files, "key": troth.signer.vkey}
    show(
        as_json,
        value,
        [f"{size} entries, {files} files written", f"verify with: troth journal verify DIR --key {troth.signer.vkey}"],
    )


@app.command()
def checkpoint(as_json: Json = False) -> None:
    """Sign the log as it stands and print the checkpoint."""
    from troth.app.keyring.signing import sign
    from troth.cli.session import opened

    troth = opened()
    signed = sign(troth)
    show(as_json, {"ok": True, "checkpoint": signed, "key": troth.signer.vkey}, [signed.rstrip("\n")])


@app.command()
def prove(
    entry: Annotated[int, typer.Argument(metavar="ENTRY", min=0, help="number of the entry")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the proof here, too")] = None,
    as_json: Json = False,
) -> None:
    """Sign the log and prove that it holds an entry, as a C2SP tlog-proof."""
    from troth.app.keyring.signing import sign
    from troth.cli.session import opened
    from troth.journal.service import prove as prove_entry

    troth = opened()
    sign(troth)
    with troth.begin() as work:
        text = str(prove_entry(work, entry))
    if out is not None:
        out.write_text(text, encoding="utf-8")
    show(as_json, {"ok": True, "entry": entry, "proof": text, "key": troth.signer.vkey}, [text.rstrip("\n")])


@app.command()
def consistency(
    old: Annotated[int, typer.Argument(metavar="OLD", min=0, help="a size that the log had")],
    new: Annotated[int, typer.Argument(metavar="NEW", min=0, help="a later size")],
    as_json: Json = False,
) -> None:
    """Prove that the log at size NEW only adds to the log at size OLD: hashes, one a line."""
    import base64

    from troth.cli.session import opened
    from troth.journal.service import consistency as prove_consistency

    with opened().begin() as work:
        proof = [base64.b64encode(value).decode() for value in prove_consistency(work, old, new)]
    show(as_json, {"ok": True, "old": old, "new": new, "proof": proof}, proof)


@app.command()
def witness(
    url: Annotated[str, typer.Argument(metavar="URL", help="submission prefix of the witness")],
    key: Annotated[str, typer.Option("--key", metavar="VKEY", help="verifier string of the witness")],
    as_json: Json = False,
) -> None:
    """Sign the log and have a witness cosign it (C2SP tlog-witness)."""
    from troth.app.witness import ask
    from troth.cli.session import opened

    signed = ask(opened(), url, key)
    show(as_json, {"ok": True, "checkpoint": signed}, [signed.rstrip("\n")])
