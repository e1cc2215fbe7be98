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
from troth.versions.service import prevailing
from troth.web.cookies import LANGUAGE_COOKIE, Cookies
from troth.web.i18n import Words, chosen
from troth.web.sessions import Kind, Session, end_session, find_session, keep_alive

_PREVAILING: Final[Language] = LANGUAGES[0]


@dataclass(frozen=True)
class Visit:
    """Handed to every route by the declaration of who may call it."""

    app: Application
    request: Request
    words: Words
    version: Version | None
    sessions: Mapping[Kind, Session]
    failed: bool = False
    """Whether the page says that it failed: then nothing tells whether there is anything above its address."""

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
        """The address itself, or the nearest above it that shows a page: what was sent is not sent again."""
        path = self.request.url.path
        if self.request.method == "GET":
            return path
        if self.failed:
            return "/console" if path.startswith("/console") else "/"
        parts = path.split("/")
        above = ("/".join(parts[:end]) for end in range(len(parts), 1, -1))
        pages = self.request.app.state.pages
        return next((one for one in above if any(page.match(one) for page in pages)), "/")


def arrive(request: Request) -> Visit:
    """Find out whose request this is and which language answers it."""
    app: Application = request.app.state.application
    with app.glance() as work:
        version = prevailing(work, app.settings.policy)
        found = _sessions(work, request, Cookies(secure=app.settings.secure_cookies))
        ended = [session for session in found if _ended(work, session)]
    if ended or any(session.stale for session in found):
        _write_down(app, found, ended)
    sessions = {session.kind: session for session in found if session not in ended}
    return Visit(app, request, Words(language_of(request, version), zone_of(version)), version, sessions)


def zone_of(version: Version | None) -> tzinfo:
    """Days and hours are told as the controller counts its deadlines; in UTC while there is no policy."""
    return zone(version.policy) if version else UTC


def _sessions(work: Work, request: Request, cookies: Cookies) -> list[Session]:
    tokens = {kind: request.cookies.get(cookies.name(kind)) for kind in Kind}
    found = [find_session(work, kind, token) for kind, token in tokens.items() if token]
    return [session for session in found if session is not None]


def _ended(work: Work, session: Session) -> bool:
    """A person whose account was closed is unknown from that moment; what their browser still holds opens nothing."""
    return session.kind is Kind.PERSON and is_shredded(work, session["subject"])


def _write_down(app: Application, found: list[Session], ended: list[Session]) -> None:
    """Keep what was used alive and end what has ended; most pages come here once a minute, so that they can read."""
    with app.begin() as work:
        for session in found:
            if session in ended:
                end_session(work, session)
            else:
                keep_alive(work, session)


def language_of(request: Request, version: Version | None) -> Language:
    """The language to answer in; the policy's first where the visitor wants none that there is."""
    wanted = chosen(
        request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )
    return wanted or _first_of(version)


def _first_of(version: Version | None) -> Language:
    spoken = version.policy.languages if version else ()
    return next((language for said in spoken for language in LANGUAGES if language == said), _PREVAILING)
