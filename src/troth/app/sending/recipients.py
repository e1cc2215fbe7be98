"""Tells recipients what people asked for, and reminds them. A mail server that is down delays it and loses nothing."""

from __future__ import annotations

import structlog

from troth.app.ports import Mail
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.text import LANGUAGES, said
from troth.base.work import Begin
from troth.requests.telling import recipient_post
from troth.requests.telling.recipient_post import Due
from troth.requests.telling.recipient_words import MAILS
from troth.subjects.vault import Vault

_log = structlog.get_logger()


def tell_recipients(begin: Begin, vault: Vault, mail: Mail, base_url: str) -> int:
    """Tell what is due, and give the number told."""
    with begin() as work:
        waiting = recipient_post.due(work, vault)
    return sum(_tell(begin, mail, base_url, one) for one in waiting)


def _tell(begin: Begin, mail: Mail, base_url: str, one: Due) -> bool:
    with begin() as work:
        if not recipient_post.claim(work, one.id):
            return False
    # Outside the transaction: a slow server keeps nobody waiting for our lock.
    try:
        mail.send(Sensitive(one.to), _title(one), _body(one, base_url))
    except UnavailableError as error:
        _log.warning("recipient.not-told", request=one.request, code=error.code)
        return False
    with begin() as work:
        recipient_post.told(work, one.id)
    return True


def _title(one: Due) -> str:
    words = "reminder" if one.reminder else "title"
    return " / ".join(MAILS[words][language].format(reference=one.reference) for language in LANGUAGES)


def _body(one: Due, base_url: str) -> str:
    """The same in each language, one after the other: nobody knows which one the recipient reads."""
    address = f"{base_url}/recipients/{one.token}"
    return "\n\n".join(_said(one, language, address) for language in LANGUAGES) + "\n"


def _said(one: Due, language: str, address: str) -> str:
    words = {name: text[language] for name, text in MAILS.items()}
    items = words["comma"].join(said(label, language) for label in one.items)
    who = words["comma"].join(f"{words[kind]} {value}" for kind, value in sorted(one.who.items()))
    wanted = words[one.kind.value]
    return words["body"].format(
        recipient=said(one.recipient, language), wanted=wanted, who=who, items=items, address=address
    )
