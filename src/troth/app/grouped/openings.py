"""Where forms are handed in that open requests: those that come at the same time are written together."""

from __future__ import annotations

from collections.abc import Sequence

from troth.app.application import Application
from troth.app.grouped.group import Group
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.requests.intake import Asked, open_all
from troth.requests.model import Request

Openings = Group[Asked, Request]


def open_desk(app: Application) -> Openings:
    """One for a server. Whoever hands a form in is answered once it is on disk."""

    def write(work: Work, asked: Sequence[Asked]) -> Sequence[Request | TrothError]:
        return open_all(work, app.vault, asked, jobs=app.jobs)

    return Group(app.begin, write, lambda _: 1)
