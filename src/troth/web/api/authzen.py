"""Decisions over HTTP as OpenID AuthZEN Authorization API 1.0 has them, answered from a replica that never lags.

The subject is a person (`type` is `person` and `id` the subject's id, or `type` is the kind of an identifier such as
`phone`), the action one of ours, the resource a data item; `context` carries `purpose`, and `recipient`, `policy` and
`language` where they matter. Nothing is journaled here: `troth may` and `decide` do that.
"""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.app.application import Application
from troth.base.errors import InputError
from troth.decision.model import Decision, Question
from troth.decision.replica import Replica
from troth.policy.model import ACTIONS
from troth.subjects.identifier import identifier
from troth.subjects.service import find, is_shredded
from troth.web.api.evaluation import PERSON, Asked, Body, context_of, member, read, said, stop_after, text
from troth.web.api.replicas import fresh
from troth.web.api.routes import MalformedError, ProgramRoute, body
from troth.web.api.search import Page, page_of

_PATHS: Final = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}


async def configuration(request: Request) -> Response:
    """Where decisions are asked for: the metadata of AuthZEN."""
    base = _app(request).settings.base_url.rstrip("/")
    return JSONResponse({"policy_decision_point": base} | {name: base + path for name, path in _PATHS.items()})


async def evaluation(request: Request) -> Response:
    """May this be done with that person's data? One question."""
    asked = read(await body(request))
    return _json(said(await _decide(request, asked), asked.language))


async def evaluations(request: Request) -> Response:
    """The same for many questions at once, with defaults and the three ways to stop early."""
    value = await body(request)
    members = value.get("evaluations")
    if not members:
        return _json(said(await _decide(request, asked := read(value)), asked.language))
    if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
        raise MalformedError(
            "authzen.evaluations", "`evaluations` is not a list of objects", hint="see AuthZEN 1.0 § 7"
        )
    stop = stop_after(value)
    answers: list[str] = []
    for each in members:
        allowed, answer = await _member(request, value, each)
        answers.append(answer)
        if allowed is stop:
            break
    return _json(f'{{"evaluations":[{",".join(answers)}]}}')


async def search_subject(request: Request) -> Response:
    """Everybody whom a purpose may use the item of, a page at a time."""
    value = await body(request)
    asked = read({**value, "subject": {"type": PERSON, "id": ""}})
    replica = await fresh(request, asked.policy)
    people = await run_in_threadpool(replica.whom, asked.purpose, asked.item, asked.action, asked.recipient)
    page = page_of(value, asked)
    start = people.numbers.rank(page.after) if page.after is not None else 0
    numbers = list(people.numbers[start : start + page.size])
    last = numbers[-1] if start + len(numbers) < len(people) else None
    return _found(page, [{"type": PERSON, "id": people.name(number)} for number in numbers], len(people), last)


async def search_resource(request: Request) -> Response:
    """The items that may be used of a person for a purpose; or, of the type `purpose`, the purposes of an item."""
    value = await body(request)
    wanted = text(member(value, "resource"), "type")
    if wanted not in {"item", "purpose"}:
        raise InputError(
            "authzen.resource-type", f"`{wanted[:40]}` is no type of resource", hint="one of item, purpose"
        )
    context = context_of(value)
    resource = {"type": "item", "id": "" if wanted == "item" else text(context, "item")}
    asked = read({**value, "resource": resource, "context": {"purpose": "", **context}})
    allowed = await _purposes(request, asked)
    fitting = [one.question for one in allowed if _fits(one.question, asked)]
    names = sorted({one.item if wanted == "item" else one.purpose for one in fitting})
    return _found(page_of(value, asked), [{"type": wanted, "id": name} for name in names], len(names), None)


async def search_action(request: Request) -> Response:
    """What may be done with an item of a person for a purpose."""
    value = await body(request)
    allowed = []
    for action in ACTIONS:
        asked = read({**value, "action": {"name": action}})
        if (await _decide(request, asked)).outcome == "allowed":
            allowed.append(action)
    return _found(Page(None, len(ACTIONS), ""), [{"name": action} for action in allowed], len(allowed), None)


ROUTES: Final = (
    ProgramRoute("/.well-known/authzen-configuration", configuration, "public", methods=("GET",)),
    ProgramRoute(_PATHS["access_evaluation_endpoint"], evaluation, "program"),
    ProgramRoute(_PATHS["access_evaluations_endpoint"], evaluations, "program"),
    ProgramRoute(_PATHS["search_subject_endpoint"], search_subject, "program"),
    ProgramRoute(_PATHS["search_resource_endpoint"], search_resource, "program"),
    ProgramRoute(_PATHS["search_action_endpoint"], search_action, "program"),
)


async def _member(request: Request, value: Body, each: Body) -> tuple[bool, str]:
    """Whether one of many is allowed, and its answer; what is wrong with it alone is said in it alone."""
    try:
        asked = read({**value, **each})
        decision = await _decide(request, asked)
    except InputError as error:
        return False, said(error, "en")
    return decision.outcome == "allowed", said(decision, asked.language)


async def _decide(request: Request, asked: Asked) -> Decision:
    replica = await fresh(request, asked.policy)
    subject = await _person(request, replica, asked)
    return replica.may(subject, item=asked.item, purpose=asked.purpose, action=asked.action, recipient=asked.recipient)


async def _purposes(request: Request, asked: Asked) -> tuple[Decision, ...]:
    replica = await fresh(request, asked.policy)
    return replica.purposes(await _person(request, replica, asked))


def _fits(question: Question, asked: Asked) -> bool:
    same = question.action == asked.action and question.recipient == asked.recipient
    return same and (question.purpose == asked.purpose if asked.purpose else question.item == asked.item)


async def _person(request: Request, replica: Replica, asked: Asked) -> str:
    """The subject's id. Raises InputError `subjects.unknown`; of somebody erased nothing is true any more."""
    if asked.kind == PERSON and replica.knows(asked.subject):
        return asked.subject
    return await run_in_threadpool(_looked_up, _app(request), asked)


def _looked_up(app: Application, asked: Asked) -> str:
    with app.begin() as work:
        if asked.kind != PERSON:
            found = find(work, app.vault, identifier(asked.kind, asked.subject))
            if found is None:
                raise InputError("subjects.unknown", f"nobody is known by that `{asked.kind[:40]}`")
            return found
        is_shredded(work, asked.subject)  # says so if there is nobody of that id
    return asked.subject


def _found(page: Page, results: list[dict[str, str]], total: int, last: int | None) -> Response:
    told = {"next_token": "" if last is None else page.token(last), "count": len(results), "total": total}
    return JSONResponse({"page": told, "results": results})


def _json(answer: str) -> Response:
    return Response(answer, media_type="application/json")


def _app(request: Request) -> Application:
    app: Application = request.app.state.application
    return app
