"""Other controllers with whom packages are exchanged: whom people may have theirs sent to, and whose are taken.

They are written down by staff, each with the public key of its journal; nobody can name an address of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.text import LANGUAGES
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.journal.model import Verifier
from troth.requests import tables

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
_LONGEST_URL = 500
_c = tables.controller.c


@dataclass(frozen=True)
class Controller:
    """One of them. `url` is where packages are sent; None: it only sends to us."""

    id: str
    names: Mapping[str, str]
    key: str
    url: str | None

    @property
    def verifier(self) -> Verifier:
        """Who believes what it signs."""
        return Verifier.parse(self.key)


def controller(id_: str, names: Mapping[str, str], key: str, url: str | None = None) -> Controller:
    """A controller from what somebody typed.

    Raises:
        InputError: `controllers.bad-id`, `controllers.no-name`, `controllers.bad-url`, `journal.bad-vkey`.
    """
    if not _ID.fullmatch(id_):
        hint = "use small letters, digits and hyphens"
        raise InputError("controllers.bad-id", f"`{id_[:40]}` cannot name a controller", hint=hint)
    if not all(names.get(language, "").strip() for language in LANGUAGES):
        raise InputError("controllers.no-name", "the controller has no name in some language", hint="give it in all")
    if url is not None and not _is_address(url):
        hint = "give it as https://host/api/v1/transfers"
        raise InputError("controllers.bad-url", "the address is none that packages can be sent to", hint=hint)
    Verifier.parse(key)
    return Controller(id_, {language: names[language].strip() for language in LANGUAGES}, key.strip(), url)


def add(work: Work, one: Controller) -> None:
    """Write a controller down, or anew. Journaled, with its key's name."""
    one_writer(work)
    values = {"names": dict(one.names), "key": one.key, "url": one.url, "removed_at": None}
    known = work.db.scalar(sa.select(_c.id).where(_c.id == one.id)) is not None
    if known:
        work.db.execute(sa.update(tables.controller).where(_c.id == one.id).values(**values))
    else:
        work.db.execute(sa.insert(tables.controller).values(id=one.id, added_at=work.at, **values))
    journal.append(work, "controller.listed", {"controller": one.id, "key": one.verifier.key_id.hex() + "-key"})


def remove(work: Work, id_: str) -> None:
    """Exchange nothing with it any more. Raises InputError `controllers.unknown`."""
    find(work, id_)
    one_writer(work)
    work.db.execute(sa.update(tables.controller).where(_c.id == id_).values(removed_at=work.at))
    journal.append(work, "controller.removed", {"controller": id_})


def listed(work: Work) -> tuple[Controller, ...]:
    """All of them, by id."""
    rows = work.db.execute(sa.select(tables.controller).where(_c.removed_at.is_(None)).order_by(_c.id))
    return tuple(Controller(row.id, row.names, row.key, row.url) for row in rows)


def find(work: Work, id_: str) -> Controller:
    """One of them. Raises InputError `controllers.unknown`."""
    for one in listed(work):
        if one.id == id_:
            return one
    hint = "`troth controller list` shows them"
    raise InputError("controllers.unknown", f"`{id_[:40]}` is no controller that is written down here", hint=hint)


def receiving(work: Work) -> tuple[Controller, ...]:
    """Those to whom people may have their data sent."""
    return tuple(one for one in listed(work) if one.url is not None)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and len(url) <= _LONGEST_URL and not parts.fragment
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
