"""Finds the policy that `troth notice` was asked for and renders it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from troth.app.folder import read_folder
from troth.base.errors import InputError
from troth.base.text import LANGUAGES
from troth.cli.session import opened
from troth.notice.render import markdown, page
from troth.policy.model import Policy
from troth.versions.service import current, get

FORMATS = {"html": page, "md": markdown}


def document(named: str, language: str, format_: str) -> str:
    """The notice as a whole document.

    Raises:
        InputError: unknown policy, language or format.
    """
    if language not in LANGUAGES:
        raise InputError("notice.unknown-language", f"`{language}` is not a language of notices", hint="zh or en")
    if format_ not in FORMATS:
        raise InputError("notice.unknown-format", f"`{format_}` is not a format of notices", hint="html or md")
    policy, version, published = _policy(named)
    return FORMATS[format_](policy, language, version=version, published=published)


def _policy(named: str) -> tuple[Policy, str, date | None]:
    if Path(named).is_dir():
        found = read_folder(Path(named)).policy
        return found, f"{found.name}, unpublished", None
    app = opened()
    with app.begin() as work:
        version = get(work, named) if ":" in named else current(work, named)
    return version.policy, version.id, version.published_at.date()
