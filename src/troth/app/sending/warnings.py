"""Warns staff before a limit ends, and once when it was missed. A mail names requests, never people."""

from __future__ import annotations

from datetime import timedelta

import structlog

from troth.app.ports import Mail
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.work import Begin
from troth.requests import limits
from troth.requests.limits import Near

_log = structlog.get_logger()

AHEAD = timedelta(days=5)
"""How long before its end a limit is warned of: a working week is left to act."""


def warn_staff(begin: Begin, mail: Mail, staff: tuple[str, ...], base_url: str) -> int:
    """Write to every member of the staff of the limits that end soon or ended; gives the number of limits.

    A limit is warned of once before its end and once after it. If the server takes not all mails, all are sent again.
    """
    with begin() as work:
        near = limits.near(work, AHEAD)
    if not near or not staff:
        return 0
    try:
        for address in staff:
            mail.send(Sensitive(address), f"{len(near)} deadlines 期限提醒", _body(near, base_url))
    except UnavailableError as error:
        _log.warning("warning.not-sent", count=len(near), code=error.code)
        return 0
    with begin() as work:
        for one in near:
            limits.warned(work, one)
    return len(near)


def _body(near: tuple[Near, ...], base_url: str) -> str:
    lines = [
        f"{'LATE 已逾期' if one.late else 'due 即将到期'} {one.limit.due_at:%Y-%m-%d %H:%M} UTC  "
        f"{one.reference}  {one.limit.clause}  {base_url}/console/requests/{one.request}"
        for one in near
    ]
    return "\n".join(lines) + "\n"
