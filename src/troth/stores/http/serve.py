"""Answers as such a service, out of a store of our own; whoever mounts it says who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from troth.base.errors import InputError, TrothError, UnavailableError
from troth.stores.http.tree import tree
from troth.stores.model import SHARED, Person, Rehearsing, Store

NO_CONTENT, OK, FORBIDDEN, FAULT, DOWN = 204, 200, 403, 500, 503

_REASONS: Mapping[str, Mapping[str, str]] = {
    SHARED: {"zh": "该数据同时属于他人，故予保留", "en": "the data are also somebody else's and stay"},
    "kept": {"zh": "依政策所列理由保留", "en": "the data stay for a reason that the policy names"},
    "refused": {"zh": "现在无法删除", "en": "the data cannot be erased as things stand"},
}


@dataclass(frozen=True)
class Answer:
    """An HTTP status and a JSON body, if any."""

    status: int
    body: dict[str, Any] | None = None


def answer(store: Rehearsing, method: Literal["GET", "DELETE"], person: Person, *, dry_run: bool = False) -> Answer:
    """What the service answers about one person.

    GET gives the tree, or 204 if nothing is held. DELETE erases and gives 204, or 403 with localized reasons if
    something would stay; with `dry_run` it only says which of the two it would be.
    """
    try:
        return _read(store, person) if method == "GET" else _erase(store, person, dry_run=dry_run)
    except UnavailableError:
        return Answer(DOWN)
    except InputError as error:
        return Answer(FORBIDDEN, _errors({problem.code: "refused" for problem in error.problems()}))
    except TrothError:
        return Answer(FAULT)


def _read(store: Store, person: Person) -> Answer:
    found = tree(store.name, store.access([person]))
    return Answer(OK, found) if found else Answer(NO_CONTENT)


def _erase(store: Rehearsing, person: Person, *, dry_run: bool) -> Answer:
    done = store.rehearse([person]) if dry_run else store.erase([person])
    kept = {one.ground or "kept": SHARED if one.ground == SHARED else "kept" for one in done if one.kept}
    return Answer(FORBIDDEN, _errors(kept)) if kept else Answer(NO_CONTENT)


def _errors(reasons: Mapping[str, str]) -> dict[str, Any]:
    return {"errors": [{"code": code, "message": dict(_REASONS[reason])} for code, reason in reasons.items()]}
