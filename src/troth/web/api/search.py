"""Pages of what a search finds. A token says after which number to go on, and which search it belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from troth.web.api.evaluation import Asked, member
from troth.web.api.routes import MalformedError

_MOST: Final = 1000


@dataclass(frozen=True)
class Page:
    """Which part of the results is wanted: up to `size` after the number `after`; `search` tells searches apart."""

    after: int | None
    size: int
    search: str

    def token(self, last: int) -> str:
        """What asks for the results after the number `last`."""
        return f"{last}-{self.search}"


def page_of(value: dict[str, Any], asked: Asked) -> Page:
    """The page that a search asks for. Raises MalformedError `authzen.page`, also for another search's token."""
    wanted = member(value, "page") if value.get("page") is not None else {}
    search = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
    size = wanted.get("limit", _MOST)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise MalformedError("authzen.page", "`limit` is not a positive number", hint=f"up to {_MOST} are given")
    return Page(_after(wanted.get("token"), search), min(size, _MOST), search)


def _after(token: object, search: str) -> int | None:
    if token in {None, ""}:
        return None
    number, _, of = str(token).partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > len(str(2**32)) or of != search:
        hint = "send the token that the last answer to the same search gave"
        raise MalformedError("authzen.page", "that token belongs to no page of this search", hint=hint)
    return int(number)
