"""`troth check`, `promises`, `publish`, `notice`: what concerns the text of a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from troth.cli.options import FolderArgument, Json, LanguageOption
from troth.cli.output import finish, show


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command()(check)
    app.command()(promises)
    app.command()(publish)
    app.command()(notice)


def check(folder: FolderArgument, language: LanguageOption = "en", as_json: Json = False) -> None:
    """Load a policy, hold it against the language and the lint rules, and list what was found."""
    from troth.app.drills.folder import read_folder
    from troth.cli.findings import lines, summary, values
    from troth.policy.lint import lint

    found = read_folder(folder)
    findings = lint(found.policy, language)
    errors = sum(finding.severity == "error" for finding in findings)
    show(
        as_json,
        {"ok": not errors, "policy": found.policy.name, "hash": found.policy.hash, "findings": values(findings)},
        [*lines(findings, language), *summary(found.policy, findings, len(found.maps), language)],
    )
    finish(2 if errors else 0)


def promises(folder: FolderArgument, language: LanguageOption = "en", as_json: Json = False) -> None:
    """List what a policy has promised: id, clause, control, and how the latest drill found it."""
    from troth.cli.promises import lines, standings, value

    found = standings(folder)
    show(as_json, value(found), lines(found, language))


def publish(
    folder: FolderArgument,
    by: Annotated[str, typer.Option("--by", help="who publishes, as the journal shall name them")] = "operator",
    as_json: Json = False,
) -> None:
    """Make the next version of a policy: immutable, with its hash in the journal."""
    from troth.app.drills.folder import read_folder
    from troth.app.keyring.signing import sign
    from troth.cli.session import opened
    from troth.versions.service import publish as publish_version

    found, app = read_folder(folder), opened()
    with app.begin() as work:
        version = publish_version(work, found.policy, found.map_values, by=by)
    sign(app)
    show(
        as_json,
        {"ok": True, "version": version.id, "hash": version.hash, "entry": version.entry},
        [f"published {version.id} as journal entry {version.entry}", f"hash {version.hash}"],
    )


def notice(
    policy: Annotated[
        str,
        typer.Argument(
            metavar="POLICY", help="folder of a policy, or a published one's name or version (kaiconn, kaiconn:1)"
        ),
    ],
    language: LanguageOption = "en",
    format_: Annotated[str, typer.Option("--format", help="html, md or pdf")] = "html",
    audience: Annotated[str | None, typer.Option("--set", help="the rule set of one audience (california)")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="write here instead of the terminal")] = None,
    as_json: Json = False,
) -> None:
    """Write the notice that people read."""
    from troth.cli.notices import document, encoded

    text = document(policy, language, format_, audience)
    if out:
        out.write_bytes(text)
    if as_json:
        told = {"file": str(out)} if out else {"document": encoded(text, format_)}
        show(as_json, {"ok": True, "language": language, "format": format_, "bytes": len(text)} | told, ())
    elif not out:
        sys.stdout.buffer.write(text)
