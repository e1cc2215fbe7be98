"""`troth schema`, `fmt`, `diff`: what concerns the language of policies and their changes."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from troth.cli.options import FolderArgument, Json, LanguageOption
from troth.cli.output import finish, show

PolicyArgument = Annotated[
    str, typer.Argument(metavar="POLICY", help="folder of a policy, or a published version (kaiconn:1)")
]


def add(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command()(schema)
    app.command()(fmt)
    app.command()(diff)


def schema(as_json: Json = False) -> None:
    """Print the language's JSON Schema; editors complete and check with it.

    What is printed is the schema itself, for a file that editors read. With --json it stands under `schema` in an
    answer like that of every other command.
    """
    from troth.policy.schema.json_schema import json_schema

    found = json_schema()
    show(as_json, {"ok": True, "schema": found}, [json.dumps(found, ensure_ascii=False, indent=2)])


def fmt(
    folder: FolderArgument,
    check: Annotated[bool, typer.Option("--check", help="change nothing; exit 2 if something would change")] = False,
    as_json: Json = False,
) -> None:
    """Put a policy's files into the language's own shape; comments stay."""
    from troth.cli.shaping import reshaped, write

    changed = reshaped(folder)
    if not check:
        write(changed)
    names = sorted(str(path) for path in changed)
    word = "would change" if check else "changed"
    show(
        as_json, {"ok": not (check and names), "changed": names}, [f"{word}: {name}" for name in names] or ["in shape"]
    )
    finish(2 if check and names else 0)


def diff(old: PolicyArgument, new: PolicyArgument, language: LanguageOption = "en", as_json: Json = False) -> None:
    """Name each change by clause, say which are major, whom to tell and who must agree again."""
    from troth.cli.differences import value
    from troth.cli.notices import named_policy
    from troth.policy.diff import diff as compare
    from troth.policy.diff.words import words

    found = compare(named_policy(old).policy, named_policy(new).policy)
    show(as_json, value(found), words(found, language))
