"""What is asked for twice is one request; and what only the own database knows of it is looked up."""

from __future__ import annotations

from troth.base.work import Work
from troth.requests import texts
from troth.requests.deciding import linked
from troth.requests.desk.lists import of_subject
from troth.requests.details import Details, check
from troth.requests.fulfilment import old_policy
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.model import Request
from troth.subjects.vault import Vault
from troth.versions.service import Version


def look_up(work: Work, version: Version, subject: str, kind: Kind, asked: Details) -> None:
    """Check what the policy does not say: its versions, and the person's other requests.

    Raises InputError `requests.unknown-version`, `requests.unknown-about`, `requests.detail-unfit`.
    """
    if kind is Kind.POLICY:
        old_policy.chosen(work, version.name, asked.matters)
    if asked.about:
        linked.check(work, subject, kind, asked.about)


def join(work: Work, vault: Vault, already: Request, version: Version, details: Details) -> Request:
    """The open request, which also holds what the person says now where somebody answers it: no word is lost."""
    if WAYS[already.kind] is Way.ANSWER:
        asked = check(version.policy, already.kind, details)
        look_up(work, version, already.subject, already.kind, asked)
        if asked.about:
            linked.link(work, already.id, asked.about)
        if asked.text not in _words(work, vault, already):
            texts.say(work, vault, already, "reply", asked.text)
    return already


def same_correction(work: Work, vault: Vault, subject: str, asked: Details) -> Request | None:
    """The open correction of a person that asks for the very same: a form that was sent twice is one wish."""
    open_ones = (one for one in of_subject(work, subject) if WAYS[one.kind] is Way.CORRECT and not one.closed)
    return next((one for one in open_ones if _wants(texts.asked(work, vault, one)) == _wants(asked)), None)


def _wants(details: Details) -> set[tuple[str, str]]:
    return {(item, value.strip()) for item, value in details.changes}


def _words(work: Work, vault: Vault, request: Request) -> set[str]:
    replies = {one.text.reveal() for one in texts.texts(work, vault, request) if one.role == "reply"}
    return {texts.asked(work, vault, request).text, *replies}
