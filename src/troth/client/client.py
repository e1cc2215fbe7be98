"""Decisions inside another program: a replica of everybody's facts that follows the own database."""

from __future__ import annotations

from functools import lru_cache

from troth.app.application import Application
from troth.app.build import build
from troth.app.marker import Marker
from troth.app.settings import read_settings
from troth.decision.model import Decision
from troth.decision.replica import Replica
from troth.policy.model import Action


class Client(Replica):
    """A replica over a running system. It is as fresh as its last `refresh()`; `follows` says how far that was.

    ::

        client = Client.open()
        client.refresh()
        decision = client.may(subject, item="account.phone", purpose="push")
        if decision.outcome == "allowed": ...
        else: log(decision.words("en"))
    """

    def __init__(self, app: Application, policy: str | None = None) -> None:
        super().__init__(app.begin, Marker(app.engine), app.clock.now, policy)

    @classmethod
    def open(cls, policy: str | None = None) -> Client:
        """A client of the system that the environment's `TROTH_` variables describe. Raises as `build` does."""
        return cls(build(read_settings()), policy)


def may(subject: str, *, item: str, purpose: str, action: Action = "use", recipient: str | None = None) -> Decision:
    """Whether something may be done with a person's data now. The first call loads everybody; later ones follow.

    Raises as `Client.open` and `Replica.may` do.
    """
    client = _default()
    client.refresh()
    return client.may(subject, item=item, purpose=purpose, action=action, recipient=recipient)


@lru_cache(maxsize=1)
def _default() -> Client:
    return Client.open()
