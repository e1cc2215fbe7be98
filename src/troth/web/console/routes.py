"""All routes of the console."""

from __future__ import annotations

from troth.web.console import (
    approvals,
    bulk,
    correction,
    decide,
    drills,
    evidence,
    figures,
    home,
    journal,
    policy,
    request,
    requests,
    review,
    sign_in,
    tasks,
)

ROUTERS = (
    sign_in.router,
    home.router,
    requests.router,
    request.router,
    review.router,
    decide.router,
    correction.router,
    evidence.router,
    approvals.router,
    bulk.router,
    figures.router,
    tasks.router,
    policy.router,
    drills.router,
    journal.router,
)
