"""The document as a PDF that a screen reader can follow, for print and for archives.

The pages are set by typst; what the policy says reaches it as data and is never read as markup. The font is the
caller's: Debian's package `fonts-noto-cjk` installs one with Chinese under the SIL Open Font License.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from troth.base.errors import UnavailableError
from troth.notice.model import Block, Outline
from troth.notice.outline import outline
from troth.notice.speech import speech
from troth.policy.model import Policy
from troth.policy.yaml_reader import Json

FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
"""The families that are sought in the folders of fonts, the best first."""

STANDARD = "ua-1"
"""PDF/UA-1: tagged, with title and language, every sign with its meaning."""

_REGIONS = {"zh": "cn", "en": "gb"}


def pdf(
    policy: Policy, language: str, *, version: str, published: date | None = None, fonts: tuple[Path, ...]
) -> bytes:
    """The document in `language` as PDF/UA-1; the same bytes for the same document and fonts.

    `fonts` are folders in which one of `FAMILIES` lies; no other font is used. Raises InputError `notice.no-language`,
    and UnavailableError `notice.no-typst` if the typesetter is not installed or `notice.pdf-failed` if it cannot set
    the document, as when the fonts lack a sign.
    """
    document = outline(policy, language, version=version, published=published)
    day = published or policy.updated
    typst = _typst()
    try:
        made = typst.compile(
            _template(),
            font_paths=[str(folder) for folder in fonts],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"document": json.dumps(data(document, day), ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
        )
    except typst.TypstError as error:
        raise UnavailableError(
            "notice.pdf-failed",
            "the document could not be set as a PDF",
            hint=f"install a font with all its signs, such as Debian's `fonts-noto-cjk`: {str(error)[:200]}",
        ) from error
    return bytes(made)


def data(document: Outline, day: date) -> dict[str, Json]:
    """All that the template is given."""
    plain = _plain(document)
    assert isinstance(plain, dict)
    return {
        **plain,
        "anchors": list(document.anchors()),
        "contents": speech(document.language).plain("page.contents"),
        "date": [day.year, day.month, day.day],
        "fonts": list(FAMILIES),
        "region": _REGIONS.get(document.language, document.language),
    }


def _plain(value: object) -> Json:
    """A part of the outline as JSON; a block says of which kind it is."""
    if is_dataclass(value) and not isinstance(value, type):
        members = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {"kind": type(value).__name__, **members} if isinstance(value, Block) else members
    if isinstance(value, Mapping):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(child) for child in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


@cache
def _template() -> bytes:
    return files("troth.notice").joinpath("templates", "notice.typ").read_bytes()


def _typst() -> ModuleType:
    """The typesetter, loaded when a PDF is wanted: nothing else needs it."""
    try:
        return importlib.import_module("typst")
    except ImportError as error:
        hint = "install the package `typst`"
        raise UnavailableError("notice.no-typst", "no PDF can be made here", hint=hint) from error
