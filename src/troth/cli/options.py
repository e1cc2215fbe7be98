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
PolicyOption = Annotated[str | None, typer.Option("--policy", help="name of the policy, if several are published")]
LanguageOption = Annotated[str, typer.Option("--lang", help="zh or en")]
