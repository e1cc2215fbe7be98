"""What is held about the person who is signed in, read from the stores while they wait."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import UnavailableError
from troth.base.text import said
from troth.consent.service import binding_version
from troth.datamap.model import Person
from troth.datamap.read import from_value
from troth.requests.fulfilment.seeds import seek
from troth.stores.model import Asking
from troth.subjects.service import identifiers
from troth.versions.model import Version
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.pages import page
from troth.web.portal.enough import kept_back
from troth.web.portal.held import SHOWN, Held, arrange
from troth.web.portal.items import correctable, tell_items
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/data")
def data(visit: PersonVisit) -> Response:
    """What is held about the person, by dataset: how much, the first rows, and what for."""
    if (instead := kept_back(visit)) is not None:
        return instead
    with visit.app.read() as work:
        version = binding_version(work, visit.published, visit.subject)
        known = identifiers(work, visit.app.vault, visit.subject)
    # The stores are read outside the transaction: they may be slow, and nobody should wait for them behind our lock.
    person = Person(visit.subject, tuple((one.kind, one.value) for one in known))
    found, silent, by_hand = _read(visit, version, person)
    tables = [table for held in found for table in held.tables]
    whole = all(held.whole for held in found)
    with visit.app.read() as work:
        items = tell_items(visit, work, version, (name for table in tables for name in table.items))
    return page(
        visit,
        "portal/data.html",
        tables=tables,
        whole=whole,
        silent=silent,
        by_hand=by_hand,
        shown=SHOWN,
        items=items,
        correctable=correctable(version),
    )


def _read(visit: Visit, version: Version, person: Person) -> tuple[list[Held], list[str], list[str]]:
    """What each store holds, the names of those that did not answer, and of those where somebody looks it up: one that
    is down hides no other."""
    language = visit.words.language
    maps = {name: from_value(value) for name, value in version.maps.items()}
    found, silent, by_hand = [], [], []
    stores = visit.app.stores(version)
    with suppress(UnavailableError):  # the store that is down is named below
        (person,) = seek(visit.app.begin, visit.app.vault, stores, person).people
    for name, store in stores.items():
        if isinstance(store, Asking):
            by_hand.append(said(store.label, language))
            continue
        try:
            found.append(arrange(maps[name], version.policy, visit.words, store.access([person])))
        except UnavailableError:
            silent.append(said(store.label, language))
    return found, silent, by_hand
