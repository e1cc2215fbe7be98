"""All routes of the console."""

from __future__ import annotations

from troth.web.console import drills, journal, policy, requests, review, sign_in

ROUTERS = (sign_in.router, requests.router, review.router, policy.router, drills.router, journal.router)
