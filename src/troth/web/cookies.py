"""The cookies that we set: one for each kind of session, and one for the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from starlette.responses import Response

from troth.base.sensitive import Sensitive
from troth.web.sessions import LIFETIMES, Kind

LANGUAGE_COOKIE: Final = "lang"
_ONE_YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Cookies:
    """Names and attributes; behind HTTPS the `__Host-` prefix keeps neighbours' subdomains from setting ours."""

    secure: bool

    def name(self, kind: Kind) -> str:
        """The cookie that carries the token of a session of that kind."""
        return f"{'__Host-' if self.secure else ''}troth-{kind}"

    def set_session(self, response: Response, kind: Kind, token: Sensitive[str]) -> None:
        """Give the browser the token of a new session."""
        response.set_cookie(
            self.name(kind),
            token.reveal(),
            max_age=int(LIFETIMES[kind].whole.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite=_same_site(kind),
        )

    def drop_session(self, response: Response, kind: Kind) -> None:
        """Make the browser forget the token."""
        response.delete_cookie(self.name(kind), path="/", secure=self.secure, httponly=True, samesite=_same_site(kind))

    def remember_language(self, response: Response, language: str) -> None:
        """Keep the language that the person chose; it says nothing about who they are."""
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_ONE_YEAR, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


def _same_site(kind: Kind) -> Literal["lax", "strict"]:
    # People come from the link in a mail to the request that it speaks of and should then still be signed in; such a
    # link only ever shows a page. Nobody but the console itself leads staff to the console.
    # From a provider people come back with the code, too.
    return "lax" if kind in {Kind.PERSON, Kind.PERSON_OPENID} else "strict"
