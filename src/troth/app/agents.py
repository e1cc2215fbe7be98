"""Tells agents where the requests stand that they made: the status callback of the Data Rights Protocol (§ 2.03)."""

from __future__ import annotations

import httpx
import structlog

from troth.base.work import Begin
from troth.requests.drp import news
from troth.requests.drp.news import News

_TIMEOUT_SECONDS = 10.0
_log = structlog.get_logger()


def tell_agents(begin: Begin, base_url: str) -> int:
    """Tell what is due, and give the number told. What an agent did not take stays due, for some days."""
    with begin() as work:
        waiting = news.due(work)
    return sum(_tell(begin, base_url, one) for one in waiting)


def _tell(begin: Begin, base_url: str, one: News) -> bool:
    with begin() as work:
        if not news.claim(work, one):
            return False
    # Outside the transaction: a slow agent keeps nobody waiting for our lock.
    if not _taken(one, base_url):
        return False
    with begin() as work:
        news.told(work, one)
    return True


def _taken(one: News, base_url: str) -> bool:
    try:
        answer = httpx.post(one.address, json=one.status.plain(base_url), timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.warning("agent.not-told", request=one.id, error=type(error).__name__)
        return False
    return answer.is_success  # what else it says is of no interest (§ 2.03.1); a redirect is not followed
