"""Sends the letters that requests wrote. A mail server that is down delays them and loses none."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from troth.app.ports import Mail, Sms
from troth.base.errors import UnavailableError
from troth.base.text import said
from troth.base.work import Begin
from troth.requests import limits
from troth.requests.telling import letters
from troth.requests.telling.letters import Letter
from troth.requests.telling.words import LETTERS
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

_log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """By what letters go out, and the address of the portal that they lead to."""

    mail: Mail
    sms: Sms
    base_url: str


def send_due(begin: Begin, vault: Vault, post: Post) -> int:
    """Send what is due, and give the number sent. What a server did not take stays due."""
    with begin() as work:
        waiting = letters.due(work)
    return sum(_send(begin, vault, post, one) for one in waiting)


def _send(begin: Begin, vault: Vault, post: Post, letter: Letter) -> bool:
    with begin() as work:
        if not letters.claim(work, letter.id):
            return False
        to = letters.addressee(work, vault, letter)
    # Outside the transaction: a slow server keeps nobody waiting for our lock.
    if to is not None:
        try:
            _hand_over(post, to, letter)
        except UnavailableError as error:
            _log.warning("letter.not-sent", request=letter.request, code=error.code)
            return False
    with begin() as work:
        letters.sent(work, vault, letter)
        if letter.about == "open":
            limits.meet(work, letter.request, "acknowledge")
    return to is not None


def _hand_over(post: Post, to: Identifier, letter: Letter) -> None:
    title, body = said(LETTERS["title"], letter.language), said(LETTERS[letter.about], letter.language)
    place = "policy" if letter.about == "closed" else f"requests/{letter.request}"  # nobody can sign in any more
    news = body.format(reference=letter.reference, address=f"{post.base_url}/{place}")
    if to.kind == "email":
        post.mail.send(to.value, title.format(reference=letter.reference), news)
    else:
        post.sms.send(to.value, news, message=letter.id)
