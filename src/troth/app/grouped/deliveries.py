"""Brings what another thread has finished to coroutines that wait for it, all that is ready at once.

`asyncio.wrap_future` wakes the event loop by a system call for each future. Where a hundred are done together, that is
a hundred wakings, and at each the two threads contend for the interpreter; here it is one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Answer = TypeVar("Answer")


class Deliveries:
    """For any number of event loops; a server has one."""

    def __init__(self) -> None:
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()

    async def of(self, answer: Future[Answer]) -> Answer:
        """The result of `answer`, or what it failed with. Giving up here does not call the work off."""
        loop = asyncio.get_running_loop()
        ready = self._loops.get(loop)
        if ready is None:
            ready = self._loops[loop] = _Loop(loop)
        waiter: asyncio.Future[None] = loop.create_future()
        answer.add_done_callback(partial(ready.done, waiter))
        await waiter
        return answer.result()


class _Loop:
    """Those on one event loop whose answers are there."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ready: deque[asyncio.Future[None]] = deque()
        self._called = False

    def done(self, waiter: asyncio.Future[None], _answer: Future[Any]) -> None:
        """Called by the thread that has finished; wakes the loop unless it is on its way already."""
        self._ready.append(waiter)
        if not self._called:
            self._called = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._called = False  # before looking: what is appended from here on calls again
        while self._ready:
            waiter = self._ready.popleft()
            if not waiter.done():
                waiter.set_result(None)
