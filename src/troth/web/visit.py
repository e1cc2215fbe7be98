"""One request as the pages see it: the system behind it, whose it is, and the language it is answered in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

from troth.app.application import Application
from troth.app.settings import Role
from troth.base.errors import InputError
from troth.base.text import LANGUAGES, Language
from troth.base.work import Work
from troth.requests.deadline import zone
from troth.subjects import passkeys
from troth.subjects.service import is_shredded
from troth.versions.model import Version
from troth.versions.service import current, first_published
from troth.web.cookies import LANGUAGE_COOKIE, Cookies
from troth.web.i18n import Words, chosen
from troth.web.sessions import Kind, Session, end_session, find_session

_PREVAILING: Final[Language] = LANGUAGES[0]


@dataclass(frozen=True)
class Visit:
    """Handed to every route by the declaration of who may call it."""

    app: Application
    request: Request
    words: Words
    version: Version | None
    sessions: Mapping[Kind, Session]

    @property
    def subject(self) -> str:
        """The person who is signed in; only routes for people may ask."""
        return self.sessions[Kind.PERSON]["subject"]

    @property
    def role(self) -> Role | None:
        """The role of the member of the staff who is signed in."""
        session = self.sessions.get(Kind.STAFF)
        return self.app.settings.roles.get(session["email"]) if session else None

    @property
    def published(self) -> Version:
        """The policy version in force.

        Raises:
            InputError: none was published yet, so there is nothing to show or to ask for.
        """
        if self.version is None:
            raise InputError(
                "web.no-policy", "no policy has been published", hint="publish one: `troth publish FOLDER`"
            )
        return self.version

    @property
    def passkeys(self) -> bool:
        """Whether browsers let these pages have passkeys."""
        return passkeys.site(self.app.settings.base_url, "") is not None

    @property
    def cookies(self) -> Cookies:
        """The names and attributes of our cookies."""
        return Cookies(secure=self.app.settings.secure_cookies)

    def in_language(self, language: Language) -> str:
        """The address of this page in another language; a page that answered a form leads to the page of the form."""
        query = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return f"{self._page}?{urlencode([*query, ('lang', language)])}"

    @property
    def _page(self) -> str:
        if self.request.method == "GET" or self.request.url.path in self.request.app.state.pages:
            return self.request.url.path
        return "/console" if self.request.url.path.startswith("/console") else "/"


def arrive(request: Request) -> Visit:
    """Find out whose request this is and which language answers it."""
    app: Application = request.app.state.application
    with app.begin() as work:
        version = _version(work, app.settings.policy)
        sessions = _sessions(work, request, Cookies(secure=app.settings.secure_cookies))
    return Visit(app, request, Words(language_of(request, version), zone_of(version)), version, sessions)


def zone_of(version: Version | None) -> tzinfo:
    """Days and hours are told as the controller counts its deadlines; in UTC while there is no policy."""
    return zone(version.policy) if version else UTC


def _version(work: Work, name: str) -> Version | None:
    """The version in force of the policy that the pages are for: the one that is set, or that was published first."""
    try:
        return current(work, name or first_published(work))
    except InputError:
        return None


def _sessions(work: Work, request: Request, cookies: Cookies) -> Mapping[Kind, Session]:
    tokens = {kind: request.cookies.get(cookies.name(kind)) for kind in Kind}
    found = {kind: find_session(work, kind, token) for kind, token in tokens.items() if token}
    return {kind: session for kind, session in found.items() if session is not None and not _ended(work, session)}


def _ended(work: Work, session: Session) -> bool:
    """A person whose account was closed is unknown from that moment; what their browser still holds opens nothing."""
    if session.kind is not Kind.PERSON or not is_shredded(work, session["subject"]):
        return False
    end_session(work, session)
    return True


def language_of(request: Request, version: Version | None) -> Language:
    """The language to answer in; the policy's first where the visitor wants none that there is."""
    wanted = chosen(
        request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )
    return wanted or _first_of(version)


def _first_of(version: Version | None) -> Language:
    spoken = version.policy.languages if version else ()
    return next((language for said in spoken for language in LANGUAGES if language == said), _PREVAILING)
