"""The replicas that programs are answered from: one a policy, made when it is asked first, never behind."""

from __future__ import annotations

import threading

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from troth.app.application import Application
from troth.app.marker import Marker
from troth.decision.replica import Replica


class Replicas:
    """Replicas by name of policy; None for the only policy there is."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._mark = Marker(app.engine)
        self._made: dict[str | None, Replica] = {}
        self._lock = threading.Lock()

    def known(self, policy: str | None) -> Replica | None:
        """The replica, if it was made."""
        return self._made.get(policy)

    def make(self, policy: str | None) -> Replica:
        """The replica; it is loaded if nobody asked before. Raises as `versions.current` does."""
        with self._lock:
            if policy not in self._made:
                self._made[policy] = Replica(self._app.begin, self._mark, self._app.clock.now, policy)
            return self._made[policy]


async def fresh(request: Request, policy: str | None) -> Replica:
    """The replica, with all that was committed before the request came."""
    replicas: Replicas = request.app.state.replicas
    replica = replicas.known(policy)
    if replica is None:
        replica = await run_in_threadpool(replicas.make, policy)
    if replica.stale():
        await run_in_threadpool(replica.refresh)
    return replica
