"""Group commit: what many callers want written goes to disk in one transaction, and each is answered after it.

A commit waits for the disk, however little it writes; a hundred that wait together wait once. One thread takes what
is waiting, runs it as one unit of work and answers every caller with their own result. While it writes, the next
group gathers; so one caller alone waits for nobody, and the groups grow with the load. Where several came at once, the
writer lets a few thousandths of a second pass before it takes the next group, because each costs the same however few
are in it.

Nobody is answered before the commit. What cannot be written alone does not keep the others from being written.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from troth.base.errors import TrothError, UnavailableError
from troth.base.work import Begin, Work

Unit = TypeVar("Unit")
Answer = TypeVar("Answer")

Run = Callable[[Work, Sequence[Unit]], Sequence[Answer | TrothError]]
"""Writes units in one transaction; gives each its answer, or the error that kept it alone from being written."""

AT_ONCE = 64
"""The most weight that one transaction takes, but for a unit that is heavier alone.

It bounds how long everybody else waits for the one writer. Larger groups cost less each, but while one is written the
next is read and the last is answered: two of this size overlap where one of twice the size keeps everybody waiting.
"""

WAITING = 4096
"""The most weight that waits. Beyond it a caller is better told to come back than kept waiting."""


GATHER = 0.002
"""Seconds for which a group gathers when the one before it had several in it."""


class BusyError(UnavailableError):
    """More is waiting than can be written soon; nothing was taken. `seconds` is when to try again."""

    seconds = 1

    def __init__(self) -> None:
        super().__init__("group.busy", "more is waiting than can be written soon", hint="try again in a second")


@dataclass(frozen=True)
class _Member(Generic[Unit, Answer]):
    """A unit that waits, and who waits for it."""

    unit: Unit
    weight: int
    answer: Future[Answer]


class Group(Generic[Unit, Answer]):
    """Takes units from any thread. `weigh` says how many rows a unit is about."""

    def __init__(
        self,
        begin: Begin,
        run: Run[Unit, Answer],
        weigh: Callable[[Unit], int],
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
    ) -> None:
        self._begin = begin
        self._run = run
        self._weigh = weigh
        self._at_once = at_once
        self._most = waiting
        self._waiting: deque[_Member[Unit, Answer]] = deque()
        self._weight = 0
        self._over = False
        self._several = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, unit: Unit) -> Future[Answer]:
        """Have `unit` written. The future is done once that is on disk, or has failed for this unit.

        It fails with what kept the unit from being written: nothing of it was, except for UnavailableError
        `group.unknown-outcome`, when the commit itself broke off. A unit whose future is cancelled before its turn is
        left out.

        Raises:
            UnavailableError: `group.busy`, `group.stopped`; the unit was not taken.
        """
        member = _Member[Unit, Answer](unit, self._weigh(unit), Future())
        with self._changed:
            if self._over:
                raise UnavailableError("group.stopped", "the server is stopping", hint="try again in a moment")
            if self._waiting and self._weight + member.weight > self._most:
                raise BusyError
            self._waiting.append(member)
            self._weight += member.weight
            if len(self._waiting) == 1 or self._weight >= self._at_once:
                self._changed.notify()  # nobody else needs to wake the writer
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="troth-group", daemon=True)
                self._thread.start()
        return member.answer

    def stop(self) -> None:
        """Take nothing more, write what is waiting, and return when that is done."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        while members := self._take():
            begun = [member for member in members if member.answer.set_running_or_notify_cancel()]
            if begun:
                self._commit(begun)

    def _take(self) -> list[_Member[Unit, Answer]]:
        """The next group, as soon as somebody waits; none once it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over)
            if self._several:
                self._changed.wait_for(lambda: self._weight >= self._at_once or self._over, GATHER)
            taken: list[_Member[Unit, Answer]] = []
            weight = 0
            while self._waiting and (not taken or weight + self._waiting[0].weight <= self._at_once):
                taken.append(self._waiting.popleft())
                weight += taken[-1].weight
            self._weight -= weight
            self._several = len(taken) > 1
            return taken

    def _commit(self, members: Sequence[_Member[Unit, Answer]]) -> None:
        answers: Sequence[Answer | TrothError] | None = None
        try:
            with self._begin() as work:
                answers = self._answers(work, members)
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody waits to be told
            if answers is not None:
                # The commit broke off. Writing again could write twice, so that is for the callers to decide.
                _tell_all(members, _unknown())
            elif len(members) == 1 or isinstance(error, UnavailableError):
                _tell_all(members, error)
            else:
                self._commit_each(members)
            return
        for member, answer in zip(members, answers, strict=True):
            _tell(member, answer)

    def _answers(self, work: Work, members: Sequence[_Member[Unit, Answer]]) -> Sequence[Answer | TrothError]:
        answers = self._run(work, [member.unit for member in members])
        if len(answers) != len(members):
            raise ValueError("every unit needs one answer")  # before the commit: nobody could be told of theirs
        return answers

    def _commit_each(self, members: Sequence[_Member[Unit, Answer]]) -> None:
        """One of them broke the transaction; alone, it breaks only its own."""
        for member in members:
            self._commit([member])


def _tell(member: _Member[Unit, Answer], answer: Answer | TrothError) -> None:
    if isinstance(answer, TrothError):
        member.answer.set_exception(answer)
    else:
        member.answer.set_result(answer)


def _tell_all(members: Sequence[_Member[Unit, Answer]], error: Exception) -> None:
    for member in members:
        member.answer.set_exception(error)


def _unknown() -> UnavailableError:
    return UnavailableError(
        "group.unknown-outcome",
        "the database broke off while it was writing",
        hint="send it again with the same `Idempotency-Key`: what was written is not written twice",
    )
