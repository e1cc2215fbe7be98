"""Asking for anything that is a person's right: choose, say what exactly, check, send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.text import said
from troth.consent.matter import matters
from troth.consent.optouts.optout import OPT_OUTS
from troth.consent.service import binding_version, state
from troth.policy.model import Policy
from troth.requests.admission import granted
from troth.requests.deciding.exemptions import in_force
from troth.requests.details import Details, check, objectionable
from troth.requests.exchange.controllers import Controller, receiving
from troth.requests.kinds import WAYS, Kind, Way
from troth.versions.model import Version
from troth.versions.service import all_versions
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.portal.own import own
from troth.web.portal.sending import send
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

OWN_PAGES = {Kind.COPY: "/copy", Kind.CLOSE_ACCOUNT: "/close", Kind.CORRECTION: "/correct"}
"""Kinds that are asked for on a page of their own."""

_OF_WHAT_STANDS = {Kind.WITHDRAWAL, Kind.OBJECTION}
"""Kinds that are about something that was agreed to or is done; where nothing is, there is nothing to ask."""


class Typed(BaseModel):
    """What the form says."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    named: tuple[str, ...] = ()
    exempt: str = ""
    about: str = ""
    change: str = ""
    """Pressed to see the form again, with everything that was typed."""


@dataclass(frozen=True)
class Choice:
    """One thing that may be named in a request."""

    name: str
    label: str


@router.get("/ask")
def kinds(visit: PersonVisit) -> Response:
    """Everything that the person may ask for, under the rules that are theirs."""
    version = _version(visit)
    return page(visit, "portal/ask.html", kinds=offered(kind for kind in Kind if granted(version, kind)))


def offered(kinds: Iterable[Kind]) -> list[tuple[str, str]]:
    """Each kind with the page on which it is asked for."""
    return [(kind.value, OWN_PAGES.get(kind, f"/ask/{kind.value}")) for kind in kinds]


@router.get("/ask/{kind}")
def explain(visit: PersonVisit, kind: str, about: str = "") -> Response:
    """What it does, and what has to be said; `about` is another request of the person that it is about."""
    return _form(visit, _kind(visit, kind), Details(about=about), None)


@router.post("/ask/{kind}/check")
def checked(visit: PersonVisit, kind: str, typed: Annotated[Typed, Form()]) -> Response:
    """Check the answers before the request is sent."""
    wanted, version = _kind(visit, kind), _version(visit)
    details = _details(wanted, typed)
    if typed.change:
        return _form(visit, wanted, details, None)
    try:
        check(version.policy, wanted, details)
    except InputError as error:
        return _form(visit, wanted, details, error.code)
    names = {one.name: one.label for one in _choices(visit, version, wanted)}
    chosen = [names.get(name, name) for name in (*details.purposes, *details.matters, details.to) if name]
    told = {one.name: one.label for one in _exemptions(visit, version, wanted)}.get(details.exempt)
    return page(
        visit,
        "portal/ask_check.html",
        kind=wanted.value,
        details=details,
        named=typed.named,
        chosen=chosen,
        exemption=told,
        about=_about(visit, details.about),
    )


@router.post("/ask/{kind}")
async def ask(visit: PersonVisit, kind: str, typed: Annotated[Typed, Form()]) -> Response:
    """Send it."""
    wanted = await run_in_threadpool(_kind, visit, kind)
    return await send(visit, wanted, visit.words.language, _details(wanted, typed))


def _kind(visit: Visit, word: str) -> Kind:
    """The kind of that name, if it is asked for here and the person has the right."""
    if word not in list(Kind) or Kind(word) in OWN_PAGES or not granted(_version(visit), Kind(word)):
        raise MissingError
    return Kind(word)


def _form(visit: Visit, kind: Kind, details: Details, problem: str | None) -> Response:
    version = _version(visit)
    right = version.policy.rights.get(kind.value)
    language = visit.words.language
    choices, exemptions = list(_choices(visit, version, kind)), _exemptions(visit, version, kind)
    return page(
        visit,
        "portal/ask_form.html",
        status=422 if problem else 200,
        kind=kind.value,
        says=said(right.label, language) if right else None,
        choices=choices,
        nothing=kind in _OF_WHAT_STANDS and not choices and not exemptions,
        named={*details.purposes, *details.matters, details.to},
        only_one=kind is Kind.PORTABILITY,
        exemptions=exemptions,
        exempt=details.exempt,
        needs_text=WAYS[kind] is Way.ANSWER,
        text=details.text,
        about=_about(visit, details.about),
        problem=problem,
    )


def _about(visit: Visit, request_id: str) -> tuple[str, str] | None:
    """The request that the new one is about, with its reference. Raises MissingError if it is not the person's own."""
    if not request_id:
        return None
    with visit.app.read() as work:
        return request_id, own(work, visit, request_id).reference


def _choices(visit: Visit, version: Version, kind: Kind) -> Iterator[Choice]:
    policy, language = version.policy, visit.words.language
    if kind is Kind.OBJECTION:
        yield from (Choice(name, said(policy.purposes[name].label, language)) for name in objectionable(policy))
    elif kind is Kind.WITHDRAWAL:
        yield from (Choice(name, label) for name, label in _standing(visit, policy))
    elif kind is Kind.PORTABILITY:
        yield from (Choice(one.id, said(one.names, language)) for one in _receiving(visit))
    elif kind in {Kind.OPT_OUT, Kind.OPT_IN}:
        yield from (Choice(name, said(label, language)) for name, label in OPT_OUTS.items())
    elif kind is Kind.POLICY:
        with visit.app.read() as work:
            every = all_versions(work, version.name)
        for one in every:
            name = visit.words("policy.version", number=visit.words.number(one.number))
            yield Choice(one.id, f"{name} · {visit.words.day(one.published_at)}")


def _exemptions(visit: Visit, version: Version, kind: Kind) -> list[Choice]:
    """What the data may fall under for which the right does not hold today."""
    found = in_force(version.policy, kind, visit.app.clock.now())
    return [Choice(name, said(one.label, visit.words.language)) for name, one in found.items()]


def _receiving(visit: Visit) -> tuple[Controller, ...]:
    """Where data may be sent; staff write that down, and nobody can name another address."""
    with visit.app.read() as work:
        return receiving(work)


def _standing(visit: Visit, policy: Policy) -> Iterator[tuple[str, str]]:
    with visit.app.read() as work:
        given = {name for name, one in state(work, visit.subject).items() if one.valid}
    for name, matter in matters(policy).items():
        if name in given:
            yield name, said(matter.label, visit.words.language)


def _details(kind: Kind, typed: Typed) -> Details:
    if kind is Kind.PORTABILITY:
        return Details(text=typed.text, to=next(iter(typed.named), ""))
    plain = Details(text=typed.text, about=typed.about, exempt=typed.exempt)
    if typed.exempt:
        return plain
    if kind in {Kind.WITHDRAWAL, Kind.OPT_OUT, Kind.OPT_IN, Kind.POLICY}:
        return replace(plain, matters=typed.named)
    return replace(plain, purposes=typed.named)


def _version(visit: Visit) -> Version:
    with visit.app.read() as work:
        return binding_version(work, visit.published, visit.subject)
