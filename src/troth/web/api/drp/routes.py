"""The addresses that agents call. Each answers in the protocol's own forms, failures too (§ 3.06)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from troth.app.application import Application
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.requests.drp import exercise as exercising
from troth.requests.drp import news, rows
from troth.requests.drp.message import Envelope, MessageError, checked, decode, verified
from troth.requests.drp.rows import Theirs
from troth.requests.drp.status import status
from troth.requests.proof import agents
from troth.requests.proof.agents import Agent
from troth.versions.service import current
from troth.web.api.drp.reading import exercise_of, reason_of
from troth.web.crowd import TooManyError, count
from troth.web.failures import log_failed, speak_json
from troth.web.limits import Limit

PREFIX: Final = "/drp/"
"""Where the addresses lie: what calls them is shown by signatures and tokens, never by a cookie."""

_FORBIDDEN: Final = 403
_SERVER: Final = 500
Endpoint = Callable[[Request], Awaitable[Response]]


class AgentRoute(Route):
    """An address for agents. Its `caller` is `agent`: each finds out by itself which one, as the protocol has it."""

    caller = "agent"

    def __init__(self, path: str, endpoint: Endpoint, *, methods: Sequence[str]) -> None:
        async def guarded(request: Request) -> Response:
            speak_json(request)
            try:
                count(request, request.app.state.by_stranger)  # whose token it is, is found out only then
                return await endpoint(request)
            except TrothError as error:
                log_failed(request, error)
                return _failed(error)
            except HTTPException as error:
                return _told(error.status_code, "the request cannot be taken as it is", fatal=False)

        guarded.__doc__ = endpoint.__doc__
        super().__init__(path, guarded, methods=list(methods))
        self.methods = set(methods)


async def exercise(request: Request) -> Response:
    """Exercise a right of a person; what is signed is taken once."""
    return await run_in_threadpool(_exercise, _app(request), await _message(request), _token(request))


async def look(request: Request) -> Response:
    """Where a request stands that the agent made."""
    return await run_in_threadpool(_look, _app(request), _token(request), request.path_params["request_id"])


async def revoke(request: Request) -> Response:
    """Take back a request that the agent made."""
    body, request_id = await _message(request), request.path_params["request_id"]
    return await run_in_threadpool(_revoke, _app(request), body, _token(request), request_id)


async def set_up(request: Request) -> Response:
    """Give an agent of the directory a bearer token, for a message that it signed."""
    limit: Limit = request.app.state.by_agent
    count(request, limit)
    body, agent_id = await request.body(), request.path_params["agent_id"]
    try:
        return await run_in_threadpool(_set_up, _app(request), body, agent_id)
    except TrothError as error:
        if error.status >= _SERVER:
            raise
        structlog.get_logger().warning("agent.not-set-up", code=error.code)
        return Response(status_code=_FORBIDDEN)  # without a body: it is settled elsewhere (§ 2.05.1)


async def check(request: Request) -> Response:
    """Whether the agent's bearer token holds."""
    agent = await run_in_threadpool(_known, _app(request), _token(request))
    if agent.id != request.path_params["agent_id"]:
        raise MessageError("drp.other-agent", "the token is another agent's", status=_FORBIDDEN, fatal=False)
    return JSONResponse({})


_REQUESTS: Final = f"{PREFIX}v1/data-rights-request"
ROUTES: Final = (
    AgentRoute(_REQUESTS, exercise, methods=("POST",)),
    AgentRoute(f"{_REQUESTS}/", exercise, methods=("POST",)),  # as versions before 0.9.3 wrote it
    AgentRoute(f"{_REQUESTS}/{{request_id}}", look, methods=("GET",)),
    AgentRoute(f"{_REQUESTS}/{{request_id}}", revoke, methods=("DELETE",)),
    AgentRoute(f"{PREFIX}v1/agent/{{agent_id}}", set_up, methods=("POST",)),
    AgentRoute(f"{PREFIX}v1/agent/{{agent_id}}", check, methods=("GET",)),
)


def install_agents(web: FastAPI) -> None:
    """Add the addresses."""
    web.state.by_agent = Limit(burst=30, every=timedelta(seconds=4))
    web.router.routes.extend(ROUTES)


def _exercise(app: Application, body: bytes, token: str) -> Response:
    signed = decode(body)
    agent = _known(app, token)
    envelope = _checked(app, signed, agent)
    asked = exercise_of(envelope.content, agent)
    with app.begin() as work:
        exercising.once(work, envelope.digest, envelope.expires_at)
        version = current(work, app.settings.drp_policy or None)
        made = exercising.exercise(work, app.vault, version, agent, asked, jobs=app.jobs)
        news.seen(work, made.id)
        return _said(app, work, rows.mine(work, agent.id, made.id))


def _look(app: Application, token: str, request_id: str) -> Response:
    agent = _known(app, token)
    with app.read() as work:
        return _said(app, work, rows.mine(work, agent.id, request_id))


def _revoke(app: Application, body: bytes, token: str, request_id: str) -> Response:
    """The protocol signs nothing but the reason here, so the token alone says that it is meant for this request."""
    signed = decode(body)
    agent = _known(app, token)
    reason = reason_of(verified(signed, agent))
    with app.begin() as work:
        return _said(app, work, exercising.revoke(work, app.vault, agent, request_id, reason))


def _set_up(app: Application, body: bytes, agent_id: str) -> Response:
    signed = decode(body)
    with app.read() as work:
        agent = agents.find(work, agent_id)
    if agent is None:
        raise MessageError("drp.unknown-agent", "no such agent is listed", status=_FORBIDDEN)
    envelope = _checked(app, signed, agent)
    with app.begin() as work:
        exercising.once(work, envelope.digest, envelope.expires_at)
        token = agents.give_token(work, agent.id)
    return JSONResponse({"agent-id": agent.id, "token": token})


def _checked(app: Application, signed: bytes, agent: Agent) -> Envelope:
    value, business = verified(signed, agent), app.settings.drp_business
    return checked(value, signed, agent=agent.id, business=business, at=app.clock.now())


def _known(app: Application, token: str) -> Agent:
    """The agent whose token it is. Raises MessageError `drp.token`."""
    with app.read() as work:
        agent = agents.of_token(work, token) if token else None
    if agent is None:
        hint = "get a token by `POST` of a signed message to `v1/agent/` and your id"
        raise MessageError("drp.token", "no agent is known by that token", hint=hint, status=401, fatal=False)
    return agent


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _message(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/plain":
        hint = "send it as `text/plain`"
        raise MessageError("drp.not-text", "the message is not declared as text", hint=hint, status=415, fatal=False)
    return await request.body()


def _failed(error: TrothError) -> Response:
    status_ = error.http_status if isinstance(error, MessageError) else error.status
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    response = _told(status_, message, fatal=isinstance(error, MessageError) and error.fatal)
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _told(status_: int, message: str, *, fatal: bool) -> Response:
    told: dict[str, Any] = {"code": str(status_), "message": message}
    return JSONResponse(told | ({"fatal": True} if fatal else {}), status_)


def _said(app: Application, work: Work, one: Theirs) -> Response:
    return JSONResponse(status(work, one).plain(app.settings.base_url.rstrip("/")))


def _app(request: Request) -> Application:
    app: Application = request.app.state.application
    return app
