"""The policy itself, as everybody may read it: today's, every earlier one at its own address, and what changed."""

from __future__ import annotations

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from troth.notice.compare import Stated, compare, compare_css
from troth.notice.render import render
from troth.policy.model import Policy
from troth.versions.model import Version
from troth.versions.service import all_versions
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.portal.choices import spoken
from troth.web.sign_in import slow_everybody_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

STYLE = "/policy/compare.css"


@router.get("/policy")
def policy(visit: PublicVisit, set: str = "") -> Response:  # noqa: A002  # the parameter's name in the address
    """The privacy policy in force; every clause has an anchor. `set` names a rule set to read alone."""
    return _shown(visit, visit.published, set)


@router.get("/policy/versions")
def versions(visit: PublicVisit) -> Response:
    """All versions that were ever published, the newest first."""
    return page(visit, "portal/versions.html", versions=_all(visit)[::-1])


@router.get("/policy/versions/{number}")
def version(visit: PublicVisit, number: int, set: str = "") -> Response:  # noqa: A002  # as above
    """One version, at an address that stays."""
    return _shown(visit, _numbered(visit, number), set)


@router.get("/policy/versions/{number}/pdf")
def printed(visit: PublicVisit, number: int) -> Response:
    """One version as a PDF, in the language of the visitor."""
    chosen = _numbered(visit, number)
    content = visit.request.app.state.prints.of(
        _stated(visit, chosen), spoken(chosen.policy, visit.words.language), lambda: slow_everybody_down(visit)
    )
    name = f"{chosen.id.replace(':', '-')}.pdf"
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/policy/versions/{old}/{new}")
def changes(visit: PublicVisit, old: int, new: int) -> Response:
    """Two versions side by side, with every change marked."""
    before, after = (_stated(visit, _numbered(visit, number)) for number in (old, new))
    text = compare(before, after, visit.words.language, stylesheet=STYLE)
    return Response(text, media_type="text/html; charset=utf-8", headers={"Content-Language": visit.words.tag})


@router.get(STYLE)
def style(_visit: PublicVisit) -> Response:
    """The style of the page with both versions."""
    return Response(compare_css(), media_type="text/css; charset=utf-8")


def _shown(visit: Visit, chosen: Version, rule_set: str) -> Response:
    stated = _stated(visit, chosen)
    read = _alone(chosen, rule_set) if rule_set else chosen.policy
    text = render(read, visit.words.language, version=chosen.id, published=stated.published)
    newest = visit.published
    return page(
        visit,
        "portal/policy.html",
        notice=Markup(text),  # noqa: S704  # made by our own escaping templates
        shown=chosen,
        newest=newest,
        set=rule_set,
        request_path=visit.request.url.path,
    )


def _alone(chosen: Version, rule_set: str) -> Policy:
    if rule_set not in chosen.policy.rule_sets:
        raise MissingError
    return chosen.for_audience(rule_set).policy


def _stated(visit: Visit, chosen: Version) -> Stated:
    return Stated(chosen.policy, chosen.id, chosen.published_at.astimezone(visit.words.zone).date())


def _all(visit: Visit) -> tuple[Version, ...]:
    with visit.app.read() as work:
        return all_versions(work, visit.published.name)


def _numbered(visit: Visit, number: int) -> Version:
    for one in _all(visit):
        if one.number == number:
            return one
    raise MissingError
