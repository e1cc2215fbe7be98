"""Everybody's facts in memory, following the own database, for programs that ask often.

A replica answers as the database did when it was last refreshed. `follows` is the number of the last change that it has
seen; `refresh` takes over what was committed since. Nothing that it answers is written down: `decide` does that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from troth.base.work import Begin, Work
from troth.decision.cohort import Cohort, Cohorts
from troth.decision.model import Decision, by_purpose
from troth.decision.people import accepted_since, ended, newest, states
from troth.decision.ready import Ready
from troth.decision.service import compiled
from troth.journal import service as journal
from troth.policy.model import Action
from troth.subjects import facts, tables
from troth.versions import service as versions
from troth.versions.model import Version

_PAGE = 5_000  # changes that are read at once
_NOTHING_YET = (-1, -1)

Mark = tuple[int, int]
"""Two numbers that grow with what is committed: of the last change of facts, and the size of the journal."""


def read_mark(work: Work) -> Mark:
    """The mark of the own database."""
    return facts.latest_change(work), journal.size(work)


class Replica:
    """Decisions for everybody under one policy (`policy` names it, where several are published).

    `mark` tells the database's mark, cheaply; `now` is the clock. Many threads may ask while one refreshes: each
    person's facts change at once.
    """

    def __init__(
        self, begin: Begin, mark: Callable[[], Mark], now: Callable[[], datetime], policy: str | None = None
    ) -> None:
        self._begin, self._mark, self._now, self._policy = begin, mark, now, policy
        self._lock = threading.Lock()
        self._following: Mark = _NOTHING_YET
        self._states: dict[str, int] = {}
        self._accepted: dict[str, str] = {}
        self._ever_accepted: set[str] = set()
        self._read_until = -1
        self._covered: Mapping[str, int] = {}
        self._next_end: datetime | None = None
        self._bits: Mapping[str, int] = {}
        self._older: Mapping[str, Ready] = {}
        self._people: dict[str, int] = {}
        self._names: list[str] = []
        self._cohorts: Cohorts | None = None
        with self._lock, self._begin() as work:
            self._version = versions.current(work, policy)
            self._current = Ready(compiled(self._version.policy, self._bits), self._version.id)
            self._follow(work)

    @property
    def follows(self) -> int:
        """The number of the last change of facts that is seen here."""
        return self._following[0]

    @property
    def version(self) -> Version:
        """The version in force."""
        return self._version

    def __len__(self) -> int:
        return len(self._states)

    def may(
        self, subject: str, *, item: str, purpose: str, action: Action = "use", recipient: str | None = None
    ) -> Decision:
        """Whether something may be done with a person's data, and why; somebody unknown is denied.

        Raises InputError `decision.unknown-name` for what the policy does not know.
        """
        ready = self._older.get(self._accepted.get(subject, ""), self._current)
        key = (purpose, item, action, recipient)
        asked = ready.asked.get(key) or ready.ask(key)
        return asked.answer(self._states.get(subject, 0))

    def purposes(self, subject: str) -> tuple[Decision, ...]:
        """Everything that is allowed with a person's data, by purpose."""
        ready = self._older.get(self._accepted.get(subject, ""), self._current)
        state = self._states.get(subject, 0)
        answers = (ready.of(question).answer(state) for question in sorted(ready.masks.alternatives, key=by_purpose))
        return tuple(answer for answer in answers if answer.outcome == "allowed")

    def whom(self, purpose: str, item: str, action: Action = "use", recipient: str | None = None) -> Cohort:
        """Everybody for whom the answer is yes, each by the version that binds them. Raises as `may` does."""
        question = self._current.ask((purpose, item, action, recipient)).question
        with self._lock:
            cohorts = self._cohorts or self._gather()
            found = cohorts.allowed(self._current.masks.of(question))
            for version, ready in self._older.items():
                found -= cohorts.bound(version)
                found |= cohorts.allowed(ready.masks.of(question)) & cohorts.bound(version)
        return Cohort(found, self._names.__getitem__)

    def knows(self, subject: str) -> bool:
        """Whether anything is known of the person."""
        return subject in self._states

    def stale(self) -> bool:
        """Whether something was committed, or ran out, that is not seen here yet."""
        return self._mark() != self._following or (self._next_end is not None and self._now() >= self._next_end)

    def refresh(self) -> bool:
        """Take over what was committed before this call; whether there was anything."""
        if not self.stale():
            return False
        with self._lock, self._begin() as work:
            self._follow(work)
        return True

    def _follow(self, work: Work) -> None:
        mark = read_mark(work)  # before anything else is read: what comes after it is read again the next time
        self._read_bits(work)
        if self._following == _NOTHING_YET:
            self._states.update(states(work))
            self._settle(work, {})
        else:
            self._settle(work, self._changes(work))
        self._read_versions(work)
        self._next_end = work.db.scalar(sa.select(sa.func.min(tables.expiry.c.at)).where(tables.expiry.c.at > work.at))
        self._following = mark

    def _read_bits(self, work: Work) -> None:
        if work.db.scalar(sa.select(sa.func.count()).select_from(tables.fact)) != len(self._bits):
            self._bits = facts.bits(work)

    def _changes(self, work: Work) -> dict[str, int]:
        found: dict[str, int] = {}
        number = self._following[0]
        while page := facts.changed_since(work, number, _PAGE):
            found.update((one.subject, one.state) for one in page)
            number = page[-1].number
        return found

    def _settle(self, work: Work, changed: Mapping[str, int]) -> None:
        """Take over new states, all without what has run out; what ran out and was said anew comes back."""
        over = ended(work, self._bits)
        whole = {**self._covered, **changed}
        for subject in over:
            whole.setdefault(subject, self._states.get(subject, 0))
        for subject, state in whole.items():
            self._set(subject, state & ~over.get(subject, 0))
        self._covered = {subject: whole[subject] for subject in over}

    def _set(self, subject: str, state: int) -> None:
        before = self._states.get(subject)
        self._states[subject] = state
        if self._cohorts is None:
            return
        if before is None:
            self._enrol(self._cohorts, {subject: state})
        else:
            self._cohorts.change(self._people[subject], before, state)

    def _read_versions(self, work: Work) -> None:
        before = {self._current.version: self._current, **self._older}
        if newest(work, self._version.name) != self._version.id:
            self._version = versions.current(work, self._version.name)
        accepted: dict[str, str] = {}
        for one in accepted_since(work, self._version, self._read_until):
            accepted[one.subject], self._read_until = one.version, one.entry
        self._ever_accepted |= set(accepted.values())
        pins = self._version.policy.acceptance == "explicit"
        ready = {each: self._ready(work, before.get(each), each) for each in (self._ever_accepted if pins else ())}
        # An older version is there before anybody is bound by it, and before it ceases to be the one in force.
        current = ready.pop(self._version.id, None) or self._ready(work, before.get(self._version.id), self._version.id)
        self._older = ready
        self._current = current
        for subject, version in accepted.items():
            self._bind(subject, version)

    def _ready(self, work: Work, known: Ready | None, version: str) -> Ready:
        policy = self._version.policy if version == self._version.id else versions.get(work, version).policy
        masks = compiled(policy, self._bits)
        return known if known is not None and known.masks is masks else Ready(masks, version)

    def _bind(self, subject: str, version: str) -> None:
        before, self._accepted[subject] = self._accepted.get(subject), version
        if self._cohorts is not None and subject in self._people:
            self._cohorts.bind(self._people[subject], before, version)

    def _gather(self) -> Cohorts:
        cohorts = Cohorts()
        self._enrol(cohorts, self._states)
        self._cohorts = cohorts
        return cohorts

    def _enrol(self, cohorts: Cohorts, people: Mapping[str, int]) -> None:
        for subject in people:
            self._people[subject] = len(self._names)
            self._names.append(subject)
        cohorts.add(people.values())
        for subject in people:
            if subject in self._accepted:
                cohorts.bind(self._people[subject], None, self._accepted[subject])
