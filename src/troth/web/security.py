"""What every answer carries and what every request must show, whatever page it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Pages are made of our own markup, one style sheet, one picture and our own script files. No script stands in a page,
# none is made from text, nothing may frame or be framed, and a form can only be sent back to us.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms as with anybody's.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SHARED_WITH: Final = "Cross-Origin-Resource-Policy"
_SAID_BY_PAGES: Final = frozenset({_SHARED_WITH.lower().encode(), b"cache-control"})
_TOO_LONG: Final = 413
_ONE_YEAR_OF_HTTPS: Final = "max-age=31536000; includeSubDomains"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Adds the headers to every answer.

    Pages are never stored, nor loaded by other sites, unless they say themselves that they may be.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        ours = {**HEADERS, "Cache-Control": "no-store"}
        if https:
            ours["Strict-Transport-Security"] = _ONE_YEAR_OF_HTTPS
        self._headers = [(name.lower().encode(), value.encode()) for name, value in ours.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message["headers"])
            await send(message)

        await self._app(scope, receive, with_headers)

    def _completed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """An answer's headers with ours, on the bytes that servers send: every answer passes through here."""
        said = {name for name, _ in headers} & _SAID_BY_PAGES
        ours = [header for header in self._headers if header[0] not in said]
        names = {name for name, _ in ours}
        return [*(header for header in headers if header[0] not in names), *ours]


class ShortBodies:
    """Reads no more of a request than the longest form that we have; what is longer is answered with 413.

    `longer` names the beginnings of addresses that take more, and how much.
    """

    def __init__(self, app: ASGIApp, *, most: int, longer: Mapping[str, int]) -> None:
        self._app = app
        self._most = most
        self._longer = longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a receive that counts."""
        read = 0
        most = next(
            (size for begin, size in self._longer.items() if scope.get("path", "").startswith(begin)), self._most
        )

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(_TOO_LONG)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


def forged(method: str, headers: Headers, own_origins: frozenset[str]) -> bool:
    """Whether a request that changes something may have been caused by somebody else's page.

    Browsers say where a request comes from, and no page can make them lie. So there is no token in our forms:

    * Methods that change nothing are let through: they are safe to forge.
    * `Sec-Fetch-Site` is `same-origin` for our own forms and `none` for what the person does in the browser itself
      (reloading a page that was sent). `same-site` is refused: a neighbour's subdomain is not us.
    * Browsers send that to HTTPS and localhost only. Without it `Origin` must be ours; all of them send it with a POST.
    * A request with neither is refused, unless it carries an `Authorization` header: that is how programs call us. No
      form can carry one, and no other site's script either, because browsers ask us first and we never agree.
    """
    if method in _SAFE_METHODS or "authorization" in headers:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    return headers.get("origin", "") not in own_origins


def origins(scheme: str, host: str, base_url: str) -> frozenset[str]:
    """Where our own forms may come from: the host that was addressed, and the address that people know us by."""
    known = urlsplit(base_url)
    return frozenset({f"{scheme}://{host}", f"{known.scheme}://{known.netloc}"})
