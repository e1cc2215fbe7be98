"""The ZIP archive of a copy: a page to read, and every row as JSON. Pure: the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from troth.base.text import said
from troth.requests.contents import Table, tables
from troth.requests.deadline import zone
from troth.requests.model import Request
from troth.requests.words import WORDS
from troth.stores.model import Row
from troth.versions.service import Version

SHOWN = 200
"""Rows of a dataset that the page shows; the JSON always has all of them, and the page says so."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first instant that ZIP knows: time of day must not change the bytes
_PRIVATE = 0o600 << 16  # unpacked, the files are readable by their owner only


def build(
    version: Version,
    request: Request,
    found: Mapping[str, Iterable[Row]],
    *,
    own: tuple[Table, ...],
    made_at: datetime,
) -> bytes:
    """The archive of what was `found`, by store, and of Troth's `own` records."""
    held = (*tables(version, found, request.language), *own)
    files = {_path(table): _rows(table) for table in held}
    facts = _facts(version, request, made_at)
    manifest = facts | {
        "totals": {_path(table): len(table.rows) for table in held},
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())},
    }
    page = _page(version, request, held, made_at)
    return _zip({"index.html": page, "manifest.json": _json(manifest)} | files)


def _facts(version: Version, request: Request, made_at: datetime) -> dict[str, Any]:
    return {
        "v": 1,
        "reference": request.reference,
        "request": request.id,
        "version": version.id,
        "policy": version.hash,
        "language": request.language,
        "made_at": made_at.isoformat(),
    }


def _rows(table: Table) -> bytes:
    return _json(
        {
            "store": table.store,
            "dataset": table.dataset,
            "label": table.label,
            "total": len(table.rows),
            "truncated": False,
            "rows": [dict(row) for row in table.rows],
        }
    )


def _page(version: Version, request: Request, held: tuple[Table, ...], made_at: datetime) -> bytes:
    policy, language = version.policy, request.language
    page = (
        _templates()
        .get_template("package.html")
        .render(
            words=WORDS[language],
            language={"zh": "zh-CN"}.get(language, language),
            title=said(policy.title, language),
            controller=said(policy.controller.name, language),
            request=request,
            version=version,
            made_at=made_at.astimezone(zone(policy)),
            tables=held,
            path=_path,
            shown=SHOWN,
        )
    )
    return page.encode()


def _path(table: Table) -> str:
    if table.store is None:
        return f"privacy/{table.dataset}.json"
    return f"data/{_name(table.store)}/{_name(table.dataset)}.json"


def _name(text: str) -> str:
    """A file name that leads nowhere else, whatever a store is called."""
    quoted = quote(text, safe="")
    return "%2E" + quoted[1:] if quoted.startswith(".") else quoted


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _PRIVATE, 3
            archive.writestr(info, files[name])
    return buffer.getvalue()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("troth.requests"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
