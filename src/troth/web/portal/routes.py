"""All routes of the portal."""

from __future__ import annotations

from troth.web.portal import (
    agents,
    ask,
    asking,
    audience,
    behalf,
    consents,
    correct,
    data,
    documents,
    guest,
    home,
    identity,
    notice,
    openid,
    outcome,
    passkeys,
    recipients,
    requests,
    sign_in,
    unsubscribe,
)

ROUTERS = (
    home.router,
    sign_in.router,
    guest.router,
    passkeys.router,
    openid.router,
    data.router,
    correct.router,
    consents.router,
    audience.router,
    asking.router,
    ask.router,
    requests.router,
    outcome.router,
    recipients.router,
    unsubscribe.router,
    agents.router,
    behalf.router,
    identity.router,
    documents.router,
    notice.router,
)
