"""Policy versions: which one is in force, what lint says of it, and its clauses."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.policy.clauses import clause, clauses
from troth.policy.lint import lint
from troth.versions.service import all_versions, get
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/console/policy")
def current(visit: StaffVisit) -> Response:
    """The version in force."""
    return _show(visit, visit.published.id)


@router.get("/console/policy/{version_id}")
def one(visit: StaffVisit, version_id: str) -> Response:
    """Any published version."""
    return _show(visit, version_id)


def _show(visit: Visit, version_id: str) -> Response:
    with visit.app.begin() as work:
        try:
            version = get(work, version_id)
        except InputError:
            raise MissingError from None
        versions = all_versions(work, version.name)
    return page(
        visit,
        "console/policy.html",
        version=version,
        versions=tuple(reversed(versions)),
        in_force=version.id == visit.published.id,
        findings=lint(version.policy, visit.words.language),
        clauses=[(path, clause(version.policy, path)) for path in clauses(version.policy)],
    )
