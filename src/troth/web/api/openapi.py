"""What programs and agents call, as OpenAPI 3.1: made from the routes themselves and a line on each of them here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.web.api.routes import ProgramRoute
from troth.web.api.schemas import TEXT, Schema, ref, schemas

VERSION: Final = "1"
PATH: Final = "/api/openapi.json"
EMPTY: Final = ""
"""In place of a schema: the answer has no body."""
_FILES: Final = (".js", ".css")
_FAILURES: Final = (400, 401, 403, 404, 409, 413, 422, 429, 503)
_AGENT_FAILURES: Final = (400, 401, 403, 409, 413, 415, 429, 503)
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Operation:
    """One address and method: its name, what it takes, and what it gives by status."""

    id: str
    gives: Mapping[int, str]
    takes: str | None = None
    query: Mapping[str, Schema] | None = None
    headers: Mapping[str, Schema] | None = None
    text: bool = False


_LANGUAGE: Final[Schema] = {"type": "string", "enum": ["zh", "en"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 100}
_AFTER: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**53}

_REFUSED: Final = {401: "Reasons", 403: "Reasons", 500: "Reasons", 503: "Unavailable"}
_TREE: Final = {200: "Tree", 204: EMPTY, **_REFUSED}
_ERASED: Final = {204: EMPTY, **_REFUSED}
_PERSON: Final = {"Troth-Person": TEXT}

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/consents"): Operation(
        "recordConsents", {201: "Recorded", 207: "RecordedMany"}, "Choices", headers={"Idempotency-Key": TEXT}
    ),
    ("GET", "/api/v1/consents"): Operation(
        "readConsents", {200: "Consents"}, query={"subject": TEXT, "after": _AFTER, "limit": _COUNT}
    ),
    ("GET", "/api/v1/receipts/{event}"): Operation("readReceipt", {200: "Receipt"}, query={"language": _LANGUAGE}),
    ("POST", "/api/v1/profiles/join"): Operation("joinProfile", {200: "Joined"}, "Joining"),
    ("GET", "/api/v1/store"): Operation("readPerson", _TREE, headers=_PERSON),
    ("DELETE", "/api/v1/store"): Operation("erasePerson", _ERASED, query={"dry_run": TEXT}, headers=_PERSON),
    ("GET", "/api/v1/store/{kind}/{value}"): Operation("readNamedPerson", _TREE),
    ("DELETE", "/api/v1/store/{kind}/{value}"): Operation("eraseNamedPerson", _ERASED, query={"dry_run": TEXT}),
    ("POST", "/api/v1/transfers"): Operation(
        "receiveTransfer", {201: "TransferReceipt"}, "Transfer", headers={"Troth-Transfer": TEXT}
    ),
    ("GET", PATH): Operation("describe", {200: "BannerQuestions"}),
    ("GET", "/.well-known/authzen-configuration"): Operation("authzenConfiguration", {200: "Configuration"}),
    ("POST", "/access/v1/evaluation"): Operation("evaluate", {200: "Decision"}, "Evaluation"),
    ("POST", "/access/v1/evaluations"): Operation("evaluateMany", {200: "Decisions"}, "Evaluations"),
    ("POST", "/access/v1/search/subject"): Operation("searchSubjects", {200: "Found"}, "SubjectSearch"),
    ("POST", "/access/v1/search/resource"): Operation("searchResources", {200: "Found"}, "ResourceSearch"),
    ("POST", "/access/v1/search/action"): Operation("searchActions", {200: "Found"}, "ActionSearch"),
    ("GET", "/banner/v1/{policy}"): Operation("bannerQuestions", {200: "BannerQuestions"}, query={"audience": TEXT}),
    ("POST", "/banner/v1/{policy}/standing"): Operation("bannerStanding", {200: "BannerState"}, "BannerVisitor"),
    ("POST", "/banner/v1/{policy}/choices"): Operation("bannerChoices", {200: "BannerState"}, "BannerChoices"),
    ("POST", "/drp/v1/data-rights-request"): Operation(
        "exerciseRight", {200: "RequestStatus"}, "SignedMessage", text=True
    ),
    ("GET", "/drp/v1/data-rights-request/{request_id}"): Operation("readRequest", {200: "RequestStatus"}),
    ("DELETE", "/drp/v1/data-rights-request/{request_id}"): Operation(
        "revokeRequest", {200: "RequestStatus"}, "SignedMessage", text=True
    ),
    ("POST", "/drp/v1/agent/{agent_id}"): Operation("setUpAgent", {200: "Token"}, "SignedMessage", text=True),
    ("GET", "/drp/v1/agent/{agent_id}"): Operation("checkAgent", {200: "Nothing"}),
}
"""What each address takes and gives; the rest (who may call, in a sentence what for) the routes say themselves."""


@dataclass(frozen=True)
class Called:
    """One address that programs or agents call, as its route has it."""

    method: str
    path: str
    caller: str
    what: str


def called(web: FastAPI) -> Iterator[Called]:
    """Every address that programs or agents call and that speaks JSON, in alphabetical order."""
    found = (
        Called(method, str(route.path), caller, (route.endpoint.__doc__ or "").partition("\n")[0])
        for route in iter_route_contexts(web.routes)
        if (caller := getattr(getattr(route, "original_route", route), "caller", None))
        for method in route.methods or ()
    )
    wanted = (one for one in found if not one.path.endswith((*_FILES, "/")))
    return iter(sorted(wanted, key=lambda one: (one.path, one.method)))


def document(web: FastAPI) -> dict[str, Any]:
    """The description of all of them."""
    paths: dict[str, dict[str, Any]] = {}
    for one in called(web):
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, OPERATIONS[one.method, one.path])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Troth", "version": VERSION, "description": "What programs and agents call."},
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "program": {"type": "http", "scheme": "bearer", "description": "a key that TROTH_API_KEYS names"},
                "agent": {"type": "http", "scheme": "bearer", "description": "the token that `setUpAgent` gave"},
            },
        },
    }


def page(web: FastAPI) -> str:
    """The same to read: one section an address."""
    return _HEAD + "\n".join(_section(one, OPERATIONS[one.method, one.path]) for one in called(web))


def install_openapi(web: FastAPI) -> None:
    """Add the address of the description, which is made when it is first asked for."""
    web.router.routes.append(ProgramRoute(PATH, describe, "public", methods=("GET",)))
    web.state.openapi = cache(partial(document, web))


async def describe(request: Request) -> Response:
    """What programs and agents call, as OpenAPI 3.1."""
    return JSONResponse(request.app.state.openapi())


def _operation(one: Called, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.id,
        "summary": one.what,
        "parameters": list(_parameters(one, operation)),
        "responses": {**_bad(one), **_good(operation)},
        "security": _security(one),
    }
    if operation.takes:
        kind = "text/plain" if operation.text else "application/json"
        told["requestBody"] = {"required": True, "content": {kind: {"schema": ref(operation.takes)}}}
    return told


def _security(one: Called) -> list[dict[str, list[str]]]:
    open_to_all = one.caller == "public" or (one.method, one.path) == ("POST", "/drp/v1/agent/{agent_id}")
    return [] if open_to_all else [{one.caller: []}]


def _parameters(one: Called, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in _PLACE.findall(one.path):
        yield {"name": name, "in": "path", "required": True, "schema": TEXT}
    for place, given in (("query", operation.query), ("header", operation.headers)):
        for name, schema in (given or {}).items():
            yield {"name": name, "in": place, "required": name == "subject", "schema": schema}


def _good(operation: Operation) -> dict[str, Any]:
    return {str(status): _answer(_MEANS.get(status, "Done."), name) for status, name in operation.gives.items()}


def _bad(one: Called) -> dict[str, Any]:
    if one.caller != "agent":
        return {str(status): _answer(_MEANS[status], "Failure") for status in _FAILURES}
    failures: dict[str, Any] = {str(status): _answer(_MEANS[status], "AgentFailure") for status in _AGENT_FAILURES}
    if one.method == "POST" and "{agent_id}" in one.path:
        failures["403"] = {"description": "The message is not taken; nothing more is said (§ 2.05.1)."}
    return failures


def _answer(words: str, schema: str) -> dict[str, Any]:
    if schema == EMPTY:
        return {"description": words}
    return {"description": words, "content": {"application/json": {"schema": ref(schema)}}}


def _section(one: Called, operation: Operation) -> str:
    lines = [f"## `{one.method} {one.path}`", "", one.what, "", f"- who: {one.caller}"]
    lines += [f"- takes: {_linked(operation.takes)}"] if operation.takes else []
    lines += [f"- query: {_names(operation.query)}"] if operation.query else []
    lines += [f"- headers: {_names(operation.headers)}"] if operation.headers else []
    lines += [f"- gives: {', '.join(f'{status} {_linked(name)}' for status, name in operation.gives.items())}", ""]
    return "\n".join(lines)


def _names(given: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in given)


def _linked(name: str) -> str:
    return f"`{name}`" if name else "nothing"


_MEANS: Final[Mapping[int, str]] = {
    400: "It is not of the form that is taken.",
    401: "No key or token that is known came with it.",
    403: "A rule forbids it.",
    404: "There is no such thing.",
    409: "The state of the thing forbids it now.",
    413: "It is too long.",
    415: "It is not declared as the type that is taken.",
    422: "Something in it has to be mended.",
    429: "It came too often; wait.",
    500: "It failed here.",
    503: "Something outside failed; try again.",
}

_HEAD: Final = """# The API

Generated from the routes and `troth.web.api.openapi`; do not edit. The same for programs, with every schema: \
[openapi.json](openapi.json), and `GET /api/openapi.json` of a running server. Failures come as `Failure` \
(`status`, `code`, `message`, `hint`, `problems`), those for agents as `AgentFailure` (`code`, `message`, `fatal`).

"""
