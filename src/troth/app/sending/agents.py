"""Tells agents where the requests stand that they made: the status callback of the Data Rights Protocol (§ 2.03)."""

from __future__ import annotations

import json

import structlog

from troth.app.sending.outward import Outward
from troth.base.errors import TrothError
from troth.base.work import Begin
from troth.requests.drp import news
from troth.requests.drp.news import News

_log = structlog.get_logger()


def tell_agents(begin: Begin, outward: Outward, base_url: str) -> int:
    """Tell what is due, and give the number told. What an agent did not take stays due, for some days."""
    with begin() as work:
        waiting = news.due(work)
    return sum(_tell(begin, outward, base_url, one) for one in waiting)


def _tell(begin: Begin, outward: Outward, base_url: str, one: News) -> bool:
    with begin() as work:
        if not news.claim(work, one):
            return False
    # Outside the transaction: a slow agent keeps nobody waiting for our lock.
    if not _taken(outward, one, base_url):
        return False
    with begin() as work:
        news.told(work, one)
    return True


def _taken(outward: Outward, one: News, base_url: str) -> bool:
    body = json.dumps(one.status.plain(base_url)).encode()
    try:
        reply = outward.post(one.address, body, {"Content-Type": "application/json"})
    except TrothError as error:
        _log.warning("agent.not-told", request=one.id, code=error.code)
        return False
    if not reply.taken:
        _log.warning("agent.not-told", request=one.id, status=reply.status)
    return reply.taken  # what else it says is of no interest (§ 2.03.1)
