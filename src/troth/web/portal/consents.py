"""Consents: withdrawing is one button, exactly as giving is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.consent.matter import find_matter, matters
from troth.consent.optouts.optout import opt_out_of
from troth.consent.service import binding_version, give, history, state, withdraw
from troth.journal.lock import one_writer
from troth.versions.model import Version
from troth.versions.service import get
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.portal.choices import Switch, necessary, spoken, switch
from troth.web.portal.signal import heard
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/consents")
def consents(visit: PersonVisit, changed: str = "") -> Response:
    """What the person has agreed to, and what needs no agreement."""
    signal = heard(visit)
    with visit.app.read() as work:
        version = binding_version(work, visit.published, visit.subject)
        choices = _switches(work, visit, version)
    return page(
        visit,
        "portal/consents.html",
        choices=choices,
        necessary=necessary(version.policy, matters(version.policy), visit.words),
        signal=signal,
        changed=next((one for one in choices if one.id == changed and one.since), None),
    )


@router.post("/consents/{matter}")
def choose(visit: PersonVisit, matter: str, choice: Annotated[str, Form()] = "") -> Response:
    """Agree to one thing, or withdraw the agreement."""
    with visit.app.begin() as work:
        version = binding_version(work, visit.published, visit.subject)
        _choose(work, visit, version, matter, choice)
    return go(f"/consents?changed={matter}#{matter}")


def _choose(work: Work, visit: Visit, version: Version, matter: str, choice: str) -> None:
    vault, subject, language = visit.app.vault, visit.subject, spoken(version.policy, visit.words.language)
    one_writer(work)  # before looking how it stands: a button pressed twice at once is one choice
    standing = state(work, subject).get(matter)
    if matter not in matters(version.policy) and (standing is None or opt_out_of(matter) is not None):
        raise MissingError  # an opt-out is taken back by a request, which has its own words
    on = standing is not None and standing.valid
    # A button pressed twice, or on a page that is no longer current, changes nothing: what was asked for already holds.
    if choice == "agree" and not on:
        grade = find_matter(version.policy, matter).grade
        give(work, vault, version, subject, matter, grade=grade, language=language, interface="portal")
    elif choice == "withdraw" and on:
        withdraw(work, vault, version, subject, matter, language=language, interface="portal")
    elif choice not in {"agree", "withdraw"}:
        raise InputError("web.input", "the form does not say what was chosen", hint="agree or withdraw")


def _switches(work: Work, visit: Visit, version: Version) -> list[Switch]:
    """What the version asks for, and what the person agreed to under an earlier one and may still take back."""
    asked, standings = matters(version.policy), state(work, visit.subject)
    found = [switch(version.policy, one, visit.words, standings.get(name)) for name, one in asked.items()]
    for event in {one.function: one for one in history(work, visit.subject)}.values():
        standing = standings[event.function]
        if event.function not in asked and opt_out_of(event.function) is None and standing.valid:
            earlier = get(work, event.version).policy
            found.append(switch(earlier, find_matter(earlier, event.function), visit.words, standing))
    return found
