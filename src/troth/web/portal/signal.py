"""Global Privacy Control, heard from a person who is signed in: an opt-out without a form, its result shown back."""

from __future__ import annotations

from troth.consent.optouts.signal import gpc, shown
from troth.consent.service import honour
from troth.web.portal.choices import spoken
from troth.web.visit import Visit


def heard(visit: Visit) -> str | None:
    """What was done because the browser sends the signal, in the visitor's language; None where it sends none.

    Only the first time writes anything; what the person is opted out of already stays as it is.
    """
    if not gpc(visit.request.headers.getlist("sec-gpc")):
        return None
    version, language = visit.published, visit.words.language
    with visit.app.begin() as work:
        done = honour(
            work,
            visit.app.vault,
            version,
            subject=visit.subject,
            language=spoken(version.policy, language),
        )
    return shown(done, language)
