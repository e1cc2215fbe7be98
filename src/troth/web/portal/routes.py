"""All routes of the portal."""

from __future__ import annotations

from troth.web.portal import agents, ask, asking, audience, consents, data, home, notice, openid, requests, sign_in

ROUTERS = (
    home.router,
    sign_in.router,
    openid.router,
    data.router,
    consents.router,
    audience.router,
    asking.router,
    ask.router,
    requests.router,
    agents.router,
    notice.router,
)
