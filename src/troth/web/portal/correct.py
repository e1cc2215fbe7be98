"""Correcting what is held: choose the item, say what it should be, check, send; a new number or address is proved."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.responses import Response

from troth.base.errors import InputError, RefusedError, UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.text import said
from troth.consent.service import binding_version
from troth.datamap.model import Person
from troth.requests.details import LONGEST_VALUE, Details
from troth.requests.fulfilment import changes
from troth.requests.kinds import Kind
from troth.requests.service import open_request
from troth.stores.model import Correcting, Correction, NewValue
from troth.subjects.codes import issue, redeem
from troth.subjects.identifier import Identifier
from troth.subjects.service import identifiers
from troth.versions.model import Version
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.crowd import count
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.portal.asking import masked
from troth.web.portal.enough import kept_back
from troth.web.portal.items import correctable
from troth.web.sign_in import send_code, slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_UNFIT: Final = 422
_MOST_SHOWN: Final = 5
_FAULTS: Final[Mapping[str, str]] = {
    "subjects.bad-phone": "phone",
    "subjects.bad-email": "email",
    "stores.unfit-value": "unfit",
    "stores.value-refused": "unfit",
    "stores.value-taken": "taken",
}
_Text = Annotated[str, Form()]


@dataclass(frozen=True)
class _Asked:
    """What is asked for on this page: an item, what is held of it, and what it should be."""

    version: Version
    person: Person
    item: str
    kind: str | None
    held: tuple[str, ...] = field(repr=False)
    whole: bool
    """Whether every store could be read."""

    @property
    def is_locked(self) -> bool:
        """Whether the policy has somebody look at it first."""
        return self.item in changes.locked(self.version.policy)

    @property
    def is_proved_by_code(self) -> bool:
        """Whether a code is sent to the new value."""
        return changes.can_be_proved(self.kind)

    def says_already(self, value: str) -> bool:
        """Whether nothing but this is held, however the stores spell it."""
        return bool(self.held) and all(value in (one, self._normal(one)) for one in self.held)

    def _normal(self, held: str) -> str | None:
        try:
            return changes.normal(held, self.kind)
        except InputError:
            return None

    @property
    def aim(self) -> str:
        """What the code is good for: this person's correction, and nothing else."""
        return f"correct:{self.person.subject}"

    @property
    def hint(self) -> str | None:
        """Which hint the form gives."""
        return self.kind if self.is_proved_by_code else "other" if self.kind else None


@router.get("/correct")
def items(visit: PersonVisit) -> Response:
    """Everything that the person may have corrected."""
    version = _version(visit)
    known, language = version.policy.items, visit.words.language
    locked = changes.locked(version.policy)
    offered = [(name, said(known[name].label, language), name in locked) for name in correctable(version)]
    return page(visit, "portal/correct.html", items=offered)


@router.get("/correct/{item}")
def explain(visit: PersonVisit, item: str) -> Response:
    """What is held of one item, and what it should be."""
    return _form(visit, _asked(visit, item))


@router.post("/correct/{item}/check")
def checked(visit: PersonVisit, item: str, value: _Text = "", text: _Text = "", change: _Text = "") -> Response:
    """Check the answer before it is sent; a code goes to a new number or address. `change` shows the form again."""
    asked = _asked(visit, item)
    value = unicodedata.normalize("NFC", value).strip()
    if change:
        return _form(visit, asked, value, text)
    fault = _fault(visit, asked, value)
    if fault is not None:
        return _form(visit, asked, value, text, fault)
    if not asked.is_proved_by_code:
        return _check(visit, asked, value, text)
    found = _identifier(asked, value)
    slow_down(visit)
    count(visit.request, visit.request.app.state.by_identifier, f"{found.kind}:{found.value.reveal()}")
    with visit.app.begin() as work:
        code = issue(work, visit.app.vault, found, aim=asked.aim)
    response = _check(visit, asked, value, text)
    response.background = BackgroundTask(send_code, visit.app, visit.words, found, Sensitive(code))
    return response


@router.post("/correct/{item}")
def send(visit: PersonVisit, item: str, value: _Text = "", text: _Text = "", code: _Text = "") -> Response:
    """Send it."""
    asked = _asked(visit, item)
    value = unicodedata.normalize("NFC", value).strip()
    fault = _fault(visit, asked, value)
    if fault is not None:
        return _form(visit, asked, value, text, fault)
    if asked.is_proved_by_code:
        slow_down(visit)
        wrong = _try(visit, asked, value, code)
        if wrong is not None:
            return _check(visit, asked, value, text, wrong)
    proved = (item,) if asked.is_proved_by_code else ()
    with visit.app.begin() as work:
        request = open_request(
            work,
            visit.app.vault,
            visit.published,
            visit.subject,
            Kind.CORRECTION,
            language=visit.words.language,
            channel="portal",
            jobs=visit.app.jobs,
            details=Details(changes=((item, value),), proved=proved, text=text),
        )
    return go(f"/requests/{request.id}/received")


def _asked(visit: Visit, item: str) -> _Asked:
    """The item, if the person may have it corrected, with what the stores hold of it now."""
    version = _version(visit)
    if item not in correctable(version):
        raise MissingError
    with visit.app.begin() as work:
        known = identifiers(work, visit.app.vault, visit.subject)
    maps = changes.maps_of(version)
    person = Person(visit.subject, tuple((one.kind, one.value) for one in known))
    held, whole = dict[str, None](), True
    for name, store in visit.app.stores(version).items():
        try:
            for row in store.access([person]):
                fields = maps[name].datasets[row.dataset].fields
                held.update({str(one): None for c, one in row.values.items() if fields[c].item == item and one})
        except UnavailableError:
            whole = False
    return _Asked(version, person, item, changes.kinds(maps.values()).get(item), tuple(held), whole)


def _fault(visit: Visit, asked: _Asked, value: str) -> str | None:
    """What is wrong with the new value, as far as can be said at once."""
    if not value:
        return "empty"
    if len(value) > LONGEST_VALUE:
        return "long"
    try:
        if asked.says_already(changes.normal(value, asked.kind)):
            return "same"
        if asked.kind is None and not asked.is_locked:
            _rehearse(visit, asked, value)
    except InputError as error:
        return _FAULTS.get(error.code)
    return None


def _rehearse(visit: Visit, asked: _Asked, value: str) -> None:
    """Ask the stores whether they would take it; one that does not answer is asked again by the worker."""
    wanted = (Correction(asked.person, (NewValue(asked.item, Sensitive(value)),)),)
    for store in visit.app.stores(asked.version).values():
        try:
            if isinstance(store, Correcting):
                store.rehearse_correction(wanted)
        except UnavailableError:
            continue


def _try(visit: Visit, asked: _Asked, value: str, code: str) -> str | None:
    """Use the code up; what is wrong with it, if anything."""
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    if not (digits.isascii() and digits.isdecimal()):
        return "shape"
    with visit.app.begin() as work:
        # Caught inside the unit of work: the count of wrong tries is to be kept, not rolled back.
        try:
            redeem(work, visit.app.vault, _identifier(asked, value), digits, aim=asked.aim)
        except RefusedError as error:
            return error.code
    return None


def _identifier(asked: _Asked, value: str) -> Identifier:
    assert asked.kind is not None
    return Identifier(asked.kind, Sensitive(changes.normal(value, asked.kind)))


def _form(visit: Visit, asked: _Asked, value: str = "", text: str = "", fault: str | None = None) -> Response:
    return page(
        visit,
        "portal/correct_form.html",
        status=_UNFIT if fault else 200,
        **_shown(visit, asked),
        value=value,
        text=text,
        fault=fault,
        longest=LONGEST_VALUE,
    )


def _check(visit: Visit, asked: _Asked, value: str, text: str, fault: str | None = None) -> Response:
    return page(
        visit,
        "portal/correct_check.html",
        status=_UNFIT if fault else 200,
        **_shown(visit, asked),
        value=value,
        text=text,
        fault=fault,
        to=masked(_identifier(asked, value)) if asked.is_proved_by_code else None,
    )


def _shown(visit: Visit, asked: _Asked) -> dict[str, object]:
    label = said(asked.version.policy.items[asked.item].label, visit.words.language)
    seen = kept_back(visit) is None  # who has not shown enough may correct, and is not told what stands there
    return {
        "item": asked.item,
        "label": label,
        "held": asked.held[:_MOST_SHOWN] if seen else (),
        "whole": asked.whole and seen,
        "hint": asked.hint,
        "locked": asked.is_locked,
    }


def _version(visit: Visit) -> Version:
    with visit.app.begin() as work:
        return binding_version(work, visit.published, visit.subject)
