"""Options that several commands share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="print one JSON document")]
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="folder of the policy")]
SubjectArgument = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="the person: phone:+86…, email:…, or a subject's id (sub-…)")
]
PurposeOption = Annotated[str, typer.Option("--purpose", help="what for")]
ItemOption = Annotated[str, typer.Option("--item", help="which data item")]
ActionOption = Annotated[str, typer.Option("--action", help="collect, use, share, transfer, disclose, sell or publish")]
RecipientOption = Annotated[
    str | None, typer.Option("--to", "--recipient", metavar="R", help="the recipient, where there is one")
]
PolicyOption = Annotated[str | None, typer.Option("--policy", help="name of the policy, if several are published")]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh or en")]
