"""Everybody's facts in memory, following the own database, for programs that ask often.

A replica answers as the database did when it was last refreshed. `follows` is the number of the last change that it has
seen; `refresh` takes over what was committed since. Nothing that it answers is written down: `decide` does that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from troth.base.work import Begin, Work
from troth.consent.service import Bindings, bindings, bindings_of
from troth.decision.cohort import Cohort, Cohorts
from troth.decision.model import Decision, by_purpose
from troth.decision.people import ended, newest, states, touched_since
from troth.decision.ready import Ready
from troth.decision.service import compiled
from troth.journal import service as journal
from troth.policy.model import Action
from troth.subjects import facts, tables
from troth.subjects.audience import audience_fact
from troth.versions import service as versions
from troth.versions.model import Version

_PAGE = 5_000  # changes that are read at once
_NOTHING_YET = (-1, -1)

Mark = tuple[int, int]
"""Two numbers that grow with what is committed: of the last change of facts, and the size of the journal."""


def read_mark(work: Work) -> Mark:
    """The mark of the own database."""
    return facts.latest_change(work), journal.size(work)


@dataclass(frozen=True)
class _Rules:
    """The version in force, and those that bind the people in `bound` instead, who come and go while it stays."""

    version: Version
    current: Ready
    older: Mapping[str, Ready]
    bound: dict[str, str]

    def of(self, subject: str) -> Ready:
        """What binds a person."""
        return self.older.get(self.bound.get(subject, ""), self.current)


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
        self._covered: Mapping[str, int] = {}
        self._until: dict[str, datetime] = {}
        self._touched: set[str] = set()
        self._next_end: datetime | None = None
        self._next_move: datetime | None = None
        self._bits: Mapping[str, int] = {}
        self._people: dict[str, int] = {}
        self._names: list[str] = []
        self._cohorts: Cohorts | None = None
        with self._lock, self._begin() as work:
            version = versions.current(work, policy)
            self._rules = _Rules(version, Ready(compiled(version.policy, {}), version.id), {}, {})
            self._follow(work)

    @property
    def follows(self) -> int:
        """The number of the last change of facts that is seen here."""
        return self._following[0]

    @property
    def version(self) -> Version:
        """The version in force."""
        return self._rules.version

    def __len__(self) -> int:
        return len(self._states)

    def may(
        self, subject: str, *, item: str, purpose: str, action: Action = "use", recipient: str | None = None
    ) -> Decision:
        """Whether something may be done with a person's data, and why; somebody unknown is denied.

        Raises InputError `decision.unknown-name` for what the policy does not know.
        """
        ready = self._rules.of(subject)
        key = (purpose, item, action, recipient)
        asked = ready.asked.get(key) or ready.ask(key)
        return asked.answer(self._states.get(subject, 0))

    def purposes(self, subject: str) -> tuple[Decision, ...]:
        """Everything that is allowed with a person's data, by purpose."""
        ready = self._rules.of(subject)
        state = self._states.get(subject, 0)
        answers = (ready.of(question).answer(state) for question in sorted(ready.masks.alternatives, key=by_purpose))
        return tuple(answer for answer in answers if answer.outcome == "allowed")

    def whom(self, purpose: str, item: str, action: Action = "use", recipient: str | None = None) -> Cohort:
        """Everybody for whom the answer is yes, each by the version that binds them. Raises as `may` does."""
        question = self._rules.current.ask((purpose, item, action, recipient)).question
        with self._lock:
            cohorts = self._cohorts or self._gather()
            found = cohorts.allowed(self._rules.current.masks.of(question))
            for version, ready in self._rules.older.items():
                if bound := cohorts.bound(version):
                    found -= bound
                    found |= cohorts.allowed(ready.masks.of(question)) & bound
        return Cohort(found, self._names.__getitem__)

    def knows(self, subject: str) -> bool:
        """Whether anything is known of the person."""
        return subject in self._states

    def stale(self) -> bool:
        """Whether something was committed, or ran out, that is not seen here yet."""
        if self._mark() != self._following:
            return True
        ends = [at for at in (self._next_end, self._next_move) if at is not None]
        return bool(ends) and self._now() >= min(ends)

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
            self._bind_everybody(work, versions.current(work, self._policy))
        else:
            changed = self._changes(work)
            self._touched |= self._moved(changed)
            self._touched |= set(touched_since(work, self.version.name, self._following[1]))
            self._settle(work, changed)
            self._read_rules(work)
        self._touched.clear()
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

    def _moved(self, changed: Mapping[str, int]) -> set[str]:
        """Of the people whose facts changed, those who are new or came to another audience."""
        mask = sum(1 << bit for name, bit in self._bits.items() if name.startswith(audience_fact("")))
        known = self._states
        return {one for one, state in changed.items() if one not in known or (state ^ known[one]) & mask}

    def _read_rules(self, work: Work) -> None:
        """Take over what was published, and whom another version binds by what they did or by time."""
        if newest(work, self.version.name) != self.version.id:
            self._bind_everybody(work, versions.current(work, self.version.name))
            return
        over = self._next_move is not None and work.at >= self._next_move
        moving = {subject for subject, at in self._until.items() if at <= work.at} if over else set[str]()
        if len(moving) > _PAGE:
            self._bind_everybody(work, self.version)
        else:
            self._bind_some(work, self._touched | moving)
            self._next_move = min(self._until.values(), default=None) if over else self._next_move

    def _bind_everybody(self, work: Work, version: Version) -> None:
        found = bindings(work, version)
        older = self._older(work, found)
        self._rules = _Rules(version, self._ready(work, version.id), older, dict(found.versions))
        self._until, self._next_move = dict(found.until), found.next_change
        if self._cohorts is not None:
            self._bind_cohorts(self._cohorts)

    def _bind_some(self, work: Work, people: Collection[str]) -> None:
        found = bindings_of(work, self.version, list(people))
        # A version is there before anybody is bound by it.
        older = {each: self._ready(work, each) for each in self._rules.older} | self._older(work, found)
        self._rules = replace(self._rules, current=self._ready(work, self.version.id), older=older)
        for subject in people:
            self._bind(subject, found.versions.get(subject))
            self._until.pop(subject, None)
        self._until.update(found.until)
        self._next_move = min(filter(None, (self._next_move, found.next_change)), default=None)

    def _older(self, work: Work, found: Bindings) -> dict[str, Ready]:
        return {each: self._ready(work, each) for each in sorted(set(found.versions.values()))}

    def _ready(self, work: Work, version: str) -> Ready:
        """The version with masks over all facts that there are; what is there already is kept."""
        rules = self._rules
        known = rules.current if rules.current.version == version else rules.older.get(version)
        if known is not None and known.masks.bits == self._bits:
            return known
        return Ready(compiled(versions.get(work, version).policy, self._bits), version)

    def _bind(self, subject: str, version: str | None) -> None:
        before = self._rules.bound.pop(subject, None) if version is None else self._rules.bound.get(subject)
        if version is not None:
            self._rules.bound[subject] = version
        if self._cohorts is not None and subject in self._people:
            self._cohorts.bind(self._people[subject], before, version)

    def _bind_cohorts(self, cohorts: Cohorts) -> None:
        numbers: dict[str, list[int]] = {}
        for subject, version in self._rules.bound.items():
            if subject in self._people:
                numbers.setdefault(version, []).append(self._people[subject])
        cohorts.bind_all(numbers)

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
            if subject in self._rules.bound:
                cohorts.bind(self._people[subject], None, self._rules.bound[subject])
