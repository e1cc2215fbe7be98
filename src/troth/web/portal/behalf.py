"""Acting for somebody else, or for oneself under an address that one can no longer use: say who, check, send.

The pages never look up whom they are about. What was asked for waits until whoever asks has shown that they may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from troth.base.errors import InputError, TrothError
from troth.base.sensitive import Sensitive
from troth.base.text import said
from troth.requests.admission import granted
from troth.requests.details import Details, check
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.proof import parties, standing
from troth.requests.proof.parties import NEEDED, WHO, Party, Who
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import identifiers
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.sign_in import slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


class Answers(BaseModel):
    """What the form says."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    person: str = ""
    kind: str = ""
    way: str = ""
    mark: str = ""
    text: str = ""
    change: str = ""
    """Pressed to see the form again, with everything that was typed."""


@router.get("/behalf")
def choose(visit: PersonVisit) -> Response:
    """For whom one may act, under the policy."""
    offered = [(who, NEEDED[who]) for who in WHO if _kinds(visit, who)]
    return page(visit, "portal/behalf.html", offered=offered)


@router.get("/behalf/{who}")
def form(visit: PersonVisit, who: str) -> Response:
    """Who asks, for whom, and for what."""
    return _form(visit, _who(visit, who), Answers())


@router.post("/behalf/{who}/check")
def checked(visit: PersonVisit, who: str, given: Annotated[Answers, Form()]) -> Response:
    """Check the answers before the request is sent."""
    acting = _who(visit, who)
    if given.change:
        return _form(visit, acting, given)
    try:
        _party(visit, acting, given)
        check(visit.published.policy, _kind(visit, acting, given.kind), Details(text=given.text))
    except InputError as error:
        return _form(visit, acting, given, error)
    ways = _ways(visit)
    return page(visit, "portal/behalf_check.html", who=acting, given=given, way=ways.get(given.way, ""))


@router.post("/behalf/{who}")
def ask(visit: PersonVisit, who: str, given: Annotated[Answers, Form()]) -> Response:
    """Send it, and go on to what has to be shown."""
    slow_down(visit)
    acting = _who(visit, who)
    try:
        party, wanted = _party(visit, acting, given), _kind(visit, acting, given.kind)
    except InputError as error:
        return _form(visit, acting, given, error)
    with visit.app.begin() as work:
        request = standing.open_for(
            work,
            visit.app.vault,
            visit.published,
            party,
            wanted.value,
            language=visit.words.language,
            jobs=visit.app.jobs,
            details=Details(text=given.text),
        )
    return go(f"/requests/{request.id}/received")


def _who(visit: Visit, word: str) -> Who:
    for who in WHO:
        if who == word and _kinds(visit, who):
            return who
    raise MissingError


def _kinds(visit: Visit, who: Who) -> list[Kind]:
    """What such a party may ask for here: nothing that names matters or purposes, which only the person chooses."""
    version = visit.published
    plain = [kind for kind in Kind if WAYS[kind] in {Way.PACKAGE, Way.ERASE, Way.ANSWER}]
    return [kind for kind in plain if granted(version, kind) and parties.allowed(version.policy, kind, who)]


def _kind(visit: Visit, who: Who, word: str) -> Kind:
    for kind in _kinds(visit, who):
        if kind.value == word:
            return kind
    raise InputError("behalf.kind", "it is not said what is asked for", hint="choose one")


def _party(visit: Visit, who: Who, given: Answers) -> Party:
    named = _named(given.person)
    with visit.app.begin() as work:
        mine = identifiers(work, visit.app.vault, visit.subject)
    if named in mine:
        raise InputError("behalf.own", "this address is your own", hint="ask for yourself")
    one = parties.party(who, given.name, mine[0].value.reveal())
    if who == "agent" and given.way not in _ways(visit):
        raise InputError("behalf.way", "it is not said how the agent was appointed", hint="choose one")
    return Party(one.who, one.name, one.contact, visit.subject, named, given.way, Sensitive(given.mark.strip()[:200]))


def _named(typed: str) -> Identifier:
    try:
        return identifier("email" if "@" in typed else "phone", typed)
    except InputError:
        hint = "type a mobile number or an e-mail address"
        raise InputError("behalf.person", "the person is not named", hint=hint) from None


def _ways(visit: Visit) -> Mapping[str, str]:
    known = parties.ways(visit.published.policy)
    return {name: said(label, visit.words.language) for name, label in known.items()}


def _form(visit: Visit, who: Who, given: Answers, error: TrothError | None = None) -> Response:
    fault = error and (visit.words.member("behalf.fault", error.code) or visit.words("behalf.fault.other"))
    return page(
        visit,
        "portal/behalf_form.html",
        status=422 if error else 200,
        who=who,
        given=given,
        kinds=[kind.value for kind in _kinds(visit, who)],
        ways=_ways(visit) if who == "agent" else {},
        field=_FIELDS.get(error.code, "kind") if error else None,
        fault=fault,
    )


_FIELDS = {"behalf.person": "person", "behalf.own": "person", "requests.empty-text": "name", "behalf.way": "way"}
"""Beside which field a problem is told."""
