"""The policy itself, as everybody may read it."""

from __future__ import annotations

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from troth.notice.render import render
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.pages import page

router = APIRouter(route_class=DeclaredRoute)


@router.get("/policy")
def policy(visit: PublicVisit) -> Response:
    """The privacy policy in force; every clause has an anchor."""
    version = visit.published
    published = version.published_at.astimezone(visit.words.zone).date()
    text = render(version.policy, visit.words.language, version=version.id, published=published)
    return page(visit, "portal/policy.html", notice=Markup(text))  # noqa: S704  # made by our own escaping templates
