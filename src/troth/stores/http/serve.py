"""Answers as such a service, out of stores of our own; whoever mounts it says who may ask and how erasing is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

from troth.base.errors import ConflictError, InputError, RefusedError, TrothError, UnavailableError
from troth.stores.http.tree import tree
from troth.stores.model import SHARED, Erased, Person, Rehearsing

OK, NO_CONTENT, FORBIDDEN, FAULT, DOWN = 200, 204, 403, 500, 503

PARTLY = "partly."
"""Begins the code of a reason for which only a part would stay; the rest would be erased."""

PENDING = "pending"
"""The code that says that the erasure has begun and is not finished: whoever asked asks again."""

Reasons = Mapping[str, str]
"""By code, which of the sentences below explains it."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    SHARED: {"zh": "该数据同时属于他人，故予保留", "en": "the data are also somebody else's and stay"},
    "kept": {"zh": "依政策所列理由保留", "en": "the data stay for a reason that the policy names"},
    "refused": {"zh": "现在无法删除", "en": "the data cannot be erased as things stand"},
    "held": {"zh": "依法须暂时保全，暂不能删除", "en": "a legal hold forbids the erasure for now"},
    PENDING: {"zh": "删除已经开始，尚未完成，请稍后再问", "en": "the erasure has begun and is not finished; ask again"},
    "down": {"zh": "存放数据的系统暂时没有响应", "en": "a system that holds the data does not answer"},
    "fault": {"zh": "处理时出错", "en": "something went wrong here"},
    "unknown-caller": {"zh": "未能确认调用者", "en": "it is not known who calls"},
    "not-allowed": {"zh": "调用者无权这样做", "en": "who calls may not do this"},
}


@dataclass(frozen=True)
class Answer:
    """An HTTP status, a JSON body if any, and headers that go with it."""

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class PendingError(ConflictError):
    """An erasure that was asked for is not finished yet."""

    def __init__(self) -> None:
        super().__init__("stores.pending", "the erasure is not finished yet", hint="ask again later")


class HeldError(RefusedError):
    """A legal hold is on the person."""

    def __init__(self) -> None:
        super().__init__("stores.held", "a legal hold is on the person", hint="ask again when it is lifted")


def answer(
    stores: Sequence[Rehearsing],
    method: Literal["GET", "DELETE"],
    person: Person,
    *,
    dry_run: bool = False,
    erase: Callable[[], Iterable[Erased]],
) -> Answer:
    """What the service answers about one person.

    GET gives the tree, or 204 if nothing is held. DELETE has `erase` do it and gives 204, or 403 with localized reasons
    if something stays or is not done yet; with `dry_run` it only says which of the two it would be.
    """
    try:
        if method == "GET":
            return _read(stores, person)
        done = chain.from_iterable(one.rehearse([person]) for one in stores) if dry_run else erase()
        return _told(_kept(tuple(done), dry_run=dry_run))
    except TrothError as error:
        return failed(error)


def failed(error: TrothError) -> Answer:
    """The answer to what went wrong, in the service's own shape."""
    if isinstance(error, PendingError):
        return refused(FORBIDDEN, {PENDING: PENDING}, {"Retry-After": "60"})
    if isinstance(error, HeldError):
        return refused(FORBIDDEN, {"held": "held"})
    if isinstance(error, UnavailableError):
        return refused(DOWN, {error.code: "down"}, {"Retry-After": "60"})
    if isinstance(error, InputError | RefusedError):
        return refused(FORBIDDEN, {problem.code: "refused" for problem in error.problems()})
    return refused(FAULT, {error.code: "fault"})


def refused(status: int, reasons: Reasons, headers: Mapping[str, str] | None = None) -> Answer:
    """A status with its reasons in both languages."""
    told = [{"code": code, "message": dict(_WORDS[words])} for code, words in reasons.items()]
    return Answer(status, {"errors": told}, headers or {})


def _read(stores: Sequence[Rehearsing], person: Person) -> Answer:
    found = [one for one in (tree(store.name, store.access([person])) for store in stores) if one is not None]
    if not found:
        return Answer(NO_CONTENT)
    return Answer(OK, found[0] if len(found) == 1 else {"key": "stores", "children": found})


def _kept(done: Sequence[Erased], *, dry_run: bool) -> Reasons:
    more = PARTLY if dry_run and any(one.changed for one in done) else ""
    return {f"{more}{one.ground or 'kept'}": SHARED if one.ground == SHARED else "kept" for one in done if one.kept}


def _told(reasons: Reasons) -> Answer:
    return refused(FORBIDDEN, reasons) if reasons else Answer(NO_CONTENT)
