"""Whose a request is: only the person's own are shown to them."""

from __future__ import annotations

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests.model import Request
from troth.requests.proof import parties
from troth.requests.service import get
from troth.web.failures import MissingError
from troth.web.visit import Visit


def own(work: Work, visit: Visit, request_id: str) -> Request:
    """The person's own request: about themselves, or one that they make for somebody else.

    Raises:
        MissingError: there is none with that id, or it is somebody else's: the two are not told apart.
    """
    try:
        request = get(work, request_id)
    except InputError:
        raise MissingError from None
    if visit.subject not in {request.subject, parties.asker(work, request.id)}:
        raise MissingError
    return request
