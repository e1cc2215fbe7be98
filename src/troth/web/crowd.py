"""Too many calls: what is answered, and how often one address may call what nobody has to sign in for."""

from __future__ import annotations

import math
from datetime import timedelta

from starlette.requests import Request

from troth.base.errors import RefusedError
from troth.web.limits import Limit


class TooManyError(RefusedError):
    """Too many tries; `seconds` is how long to wait."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        seconds = math.ceil(wait.total_seconds())
        super().__init__("web.too-many", "too many tries in a short time", hint=f"wait {seconds} seconds")
        self.seconds = seconds


def strangers() -> Limit:
    """What is for everybody: more than anybody reads, less than a program that calls without end."""
    return Limit(burst=300, every=timedelta(milliseconds=50))


def count(request: Request, limit: Limit, caller: str | None = None) -> None:
    """Count one try of `caller`, or of the address that calls.

    Raises:
        TooManyError: it has tried too often.
    """
    who = caller if caller is not None else request.client.host if request.client else ""
    wait = limit.wait(who, request.app.state.application.clock.now())
    if wait:
        raise TooManyError(wait)
