"""What is held about the person who is signed in, read from the stores while they wait."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import UnavailableError
from troth.base.text import said
from troth.consent.service import binding_version
from troth.datamap.model import Person
from troth.datamap.read import from_value
from troth.subjects.service import identifiers
from troth.versions.model import Version
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.pages import page
from troth.web.portal.held import SHOWN, Held, arrange
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/data")
def data(visit: PersonVisit) -> Response:
    """What is held about the person, by dataset: how much, the first rows, and what for."""
    with visit.app.begin() as work:
        version = binding_version(work, visit.published, visit.subject)
        known = identifiers(work, visit.app.vault, visit.subject)
    # The stores are read outside the transaction: they may be slow, and nobody should wait for them behind our lock.
    person = Person(visit.subject, tuple((one.kind, one.value) for one in known))
    found, silent = _read(visit, version, person)
    tables = [table for held in found for table in held.tables]
    whole = all(held.whole for held in found)
    return page(visit, "portal/data.html", tables=tables, whole=whole, silent=silent, shown=SHOWN)


def _read(visit: Visit, version: Version, person: Person) -> tuple[list[Held], list[str]]:
    """What each store holds, and the names of those that did not answer: one that is down hides no other."""
    language = visit.words.language
    maps = {name: from_value(value) for name, value in version.maps.items()}
    found, silent = [], []
    for name, store in visit.app.stores(version).items():
        try:
            found.append(arrange(maps[name], version.policy, language, store.access([person])))
        except UnavailableError:
            silent.append(said(store.label, language))
    return found, silent
