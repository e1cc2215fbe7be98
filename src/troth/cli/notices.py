"""Finds the policy that `troth notice` was asked for and renders it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from troth.app.drills.folder import read_folder
from troth.app.settings import read_settings
from troth.base.errors import InputError
from troth.base.text import LANGUAGES
from troth.cli.session import opened
from troth.notice.pdf import pdf
from troth.notice.render import markdown, page
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set
from troth.versions.service import current, get


@dataclass(frozen=True)
class Named:
    """A policy that a command was asked for, and what it is called."""

    policy: Policy
    version: str
    published: date | None


def document(named: str, language: str, format_: str, audience: str | None) -> bytes:
    """The notice as a whole document, for everybody or for the people of one rule set.

    Raises:
        InputError: unknown policy, language, format or rule set.
        UnavailableError: a PDF was asked for, and there is no font with all its signs.
    """
    if language not in LANGUAGES:
        raise InputError("notice.unknown-language", f"`{language}` is not a language of notices", hint="zh or en")
    if format_ not in FORMATS:
        raise InputError(
            "notice.unknown-format", f"`{format_}` is not a format of notices", hint=f"one of {', '.join(FORMATS)}"
        )
    found = named_policy(named)
    policy = rule_set(found.policy, audience) if audience else found.policy
    return FORMATS[format_](policy, language, found)


def encoded(text: bytes, format_: str) -> str:
    """The document as JSON can hold it: text as it is, a PDF in base64."""
    return base64.b64encode(text).decode() if format_ == "pdf" else text.decode()


def named_policy(named: str) -> Named:
    """The policy of a folder, or a published one by name or version.

    Raises:
        InputError: there is none.
    """
    if Path(named).is_dir():
        found = read_folder(Path(named)).policy
        return Named(found, f"{found.name}, unpublished", None)
    app = opened()
    with app.begin() as work:
        version = get(work, named) if ":" in named else current(work, named)
    return Named(version.policy, version.id, version.published_at.date())


def _html(policy: Policy, language: str, found: Named) -> bytes:
    return page(policy, language, version=found.version, published=found.published).encode()


def _markdown(policy: Policy, language: str, found: Named) -> bytes:
    return markdown(policy, language, version=found.version, published=found.published).encode()


def _pdf(policy: Policy, language: str, found: Named) -> bytes:
    fonts = read_settings().fonts
    return pdf(policy, language, version=found.version, published=found.published, fonts=(fonts,))


FORMATS: Mapping[str, Callable[[Policy, str, Named], bytes]] = {"html": _html, "md": _markdown, "pdf": _pdf}
"""How a notice can be written."""
