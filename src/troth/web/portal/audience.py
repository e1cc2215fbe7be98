"""Which rules are a person's: where a policy has some for one audience, its members say that they belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.consent.service import in_force_for
from troth.policy.model import Policy
from troth.subjects.audience import audience, belong
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

GENERAL = ""
"""What the form calls the rules for everybody else."""


@dataclass(frozen=True)
class Rules:
    """One choice: the rules' own name, and for whom they are."""

    name: str
    label: str
    of: str


@router.get("/rules")
def rules(visit: PersonVisit, changed: bool = False) -> Response:  # noqa: FBT001, FBT002  # a query parameter
    """The audiences that the policy speaks to, and the one the person belongs to."""
    with visit.app.read() as work:
        policy = _whole(work, visit)
        mine = audience(work, visit.subject, policy)
    return page(
        visit, "portal/rules.html", choices=list(_choices(visit, policy)), mine=mine or GENERAL, changed=changed
    )


@router.post("/rules")
def choose_rules(visit: PersonVisit, chosen: Annotated[str, Form()] = GENERAL) -> Response:
    """Belong to one of them from now on; what was asked for before is kept by the rules of that time."""
    with visit.app.begin() as work:
        belong(work, visit.app.vault, visit.subject, _whole(work, visit), chosen or None)
    return go("/rules?changed=true")


def _whole(work: Work, visit: Visit) -> Policy:
    policy = in_force_for(work, visit.published, visit.subject).policy
    if not policy.rule_sets:
        raise MissingError
    return policy


def _choices(visit: Visit, policy: Policy) -> Iterator[Rules]:
    language = visit.words.language
    yield Rules(GENERAL, visit.words("rules.general"), visit.words("rules.everybody"))
    for name, one in policy.rule_sets.items():
        of = said(one.audience, language) if one.audience else said(one.label, language)
        yield Rules(name, said(one.label, language), of)
