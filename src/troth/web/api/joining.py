"""`/api/v1/profiles/join`: a website says whose browser it is that the banner knows by a pseudonym.

What either said no to holds for both from then on; a yes of one is never made a yes of the other.
"""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.app.application import Application
from troth.base.errors import InputError
from troth.base.work import Work
from troth.consent.service import join
from troth.subjects.identifier import identifier
from troth.subjects.service import find, is_shredded
from troth.versions.service import current
from troth.web.api.recording import written
from troth.web.api.routes import MalformedError, ProgramRoute, body

PATH: Final = "/api/v1/profiles/join"
_KEYS: Final = frozenset({"profile", "subject", "identifier", "policy", "language"})


async def join_profile(request: Request) -> Response:
    """Join a browser's pseudonym to a person whom the website has signed in."""
    app: Application = request.app.state.application
    return JSONResponse(await run_in_threadpool(_join, app, await body(request)))


def install_joining(web: Starlette) -> None:
    """Give the application this address."""
    web.router.routes.append(ProgramRoute(PATH, join_profile, "program"))


def _join(app: Application, value: dict[str, object]) -> dict[str, object]:
    unknown = sorted(value.keys() - _KEYS)
    if unknown:
        raise MalformedError("web.body", "there is a field that is not known", hint=f"use {', '.join(sorted(_KEYS))}")
    with app.begin() as work:
        profile = _profile(app, work, _text(value, "profile"))
        subject = _person(app, work, value)
        version = current(work, _text(value, "policy") if "policy" in value else None)
        language = _text(value, "language") if "language" in value else version.policy.languages[0]
        events = join(work, app.vault, version, profile, subject, language=language)
    return {"subject": subject, "events": [written(event, app.settings.base_url) for event in events]}


def _profile(app: Application, work: Work, browser: str) -> str:
    known = find(work, app.vault, identifier("browser", browser))
    if known is None:
        hint = "take the pseudonym from the banner's own cookie"
        raise InputError("consent.unknown-profile", "no browser is known by that pseudonym", hint=hint)
    return known


def _person(app: Application, work: Work, value: dict[str, object]) -> str:
    if "subject" in value:
        subject = _text(value, "subject")
        is_shredded(work, subject)  # says so if there is nobody of that id
        return subject
    given = value.get("identifier")
    if not isinstance(given, dict):
        raise MalformedError("web.body", "nobody is named", hint="name the person by `subject` or by `identifier`")
    found = find(work, app.vault, identifier(_text(given, "kind"), _text(given, "value")))
    if found is None:
        hint = "make them known first: `troth subject register`"
        raise InputError("consent.unknown-person", "nobody is known by that identifier", hint=hint)
    return found


def _text(value: dict[str, object], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not found:
        raise MalformedError("web.body", f"`{name}` is not a text", hint="see the page on the banner")
    return found
