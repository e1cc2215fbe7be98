"""Fulfilling a request: small steps, each its own transaction, each idempotent.

A worker may be killed between any two lines; the next run goes on from what is written. The order is what makes that
true: what every store holds is written down before the first row is erased; a store is erased before that is written
down, and erasing it again finds nothing; it is looked at again before anything is certified; the certificate is in
the journal before the person's key is destroyed; and that, the person's facts and the final state are one
transaction.

What fails outside (a store, a data map) blocks the request with the code of the error and leaves it open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from troth.base.errors import IntegrityError, RefusedError, TrothError
from troth.base.work import Begin, Work
from troth.datamap.model import Person
from troth.journal.lock import one_writer
from troth.requests import admission, archive, package, progress, record, tables
from troth.requests.certificate import issue
from troth.requests.holds import HOLD
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import RUNS, Event, State
from troth.requests.model import Request
from troth.requests.own import own_tables
from troth.requests.ports import OpenStores, Stores
from troth.requests.progress import Expected
from troth.requests.pulse import runnable
from troth.stores.model import Store
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions.service import Version

_LONGEST_PAUSE = timedelta(minutes=5)
_HELD = "requests.held"
_ENDS = {"subjects.shredded": Event.REFUSE, _HELD: Event.HOLD}
"""What ends a run otherwise than by waiting for the next attempt."""
_FAULT = "requests.fault"
_OVERTAKEN = frozenset({"requests.moved-meanwhile", "requests.not-possible"})
"""What a run meets when another run of the same request was faster: what that one did stands."""

_RESUMED_BY = {State.RECEIVED: Event.BEGIN, State.COOLING_OFF: Event.ELAPSE}


def run(begin: Begin, vault: Vault, stores: OpenStores, request_id: str) -> Request:
    """Carry a request on as far as it will go, and give it back as it then stands.

    Does nothing to a request that is closed or still in its cooling-off period. A request that cannot go on is
    `blocked` and open; one whose person's key has been destroyed is `refused`.

    Raises:
        InputError: `requests.unknown`.
    """
    with begin() as work:
        request = record.load(work, request_id)
    if _may_run(request, work):
        _attempt(_Run(begin, vault, stores, request))
    with begin() as work:
        return record.load(work, request_id)


def run_all(begin: Begin, vault: Vault, stores: OpenStores) -> tuple[Request, ...]:
    """Run everything that may run now, in this thread, until a round closes nothing more; gives what was closed.

    Blocked requests are tried at once, whatever their pause.
    """
    closed: list[Request] = []
    while True:
        with begin() as work:
            waiting = runnable(work)
        done = [one for one in (run(begin, vault, stores, each) for each in waiting) if one.closed]
        if not done:
            return tuple(closed)
        closed += done


def pause(attempts: int) -> timedelta:
    """How long the pulse waits after so many failures in a row: not at all, then 1 s, 2 s, 4 s … 5 minutes."""
    doubled = timedelta(seconds=2 ** min(attempts - 2, 10)) if attempts > 1 else timedelta()
    return min(doubled, _LONGEST_PAUSE)


@dataclass(frozen=True)
class _Run:
    """One attempt at one request: what every step of it is handed."""

    begin: Begin
    vault: Vault
    open_stores: OpenStores
    request: Request

    def going(self, work: Work) -> Request:
        """The request in a step that writes: in progress, its lease renewed. A closed one raises ConflictError."""
        one_writer(work)
        now = record.load(work, self.request.id)
        if now.state is not State.IN_PROGRESS:
            return record.advance(work, self.vault, now, _RESUMED_BY.get(now.state, Event.RETRY))
        table = tables.request
        work.db.execute(sa.update(table).where(table.c.id == now.id).values(asked_at=work.at))
        return now


def _attempt(run_: _Run) -> None:
    try:
        _begin(run_)
        _BY_WAY[WAYS[run_.request.kind]](run_)
    except TrothError as error:
        if error.code not in _OVERTAKEN:
            _stop(run_, error.code)
    except Exception:
        _stop(run_, _FAULT)
        raise


def _begin(run_: _Run) -> None:
    """Say that work has begun. A blocked request stays so until a step of it succeeds."""
    if run_.request.state is not State.BLOCKED:
        with run_.begin() as work:
            run_.going(work)


def _copy(run_: _Run) -> None:
    version, person = _who(run_)
    found = {name: tuple(store.access((person,))) for name, store in sorted(run_.open_stores(version).items())}
    with run_.begin() as work:
        own = own_tables(work, run_.vault, run_.request.subject, run_.request.language)
    content = archive.build(version, run_.request, found, own=own, made_at=work.at)
    with run_.begin() as work:
        request = run_.going(work)
        package.put(work, run_.vault, request, content, found=sum(map(len, found.values())))
        record.advance(work, run_.vault, request, Event.COMPLETE)


def _erase(run_: _Run) -> None:
    version, person = _who(run_)
    _not_held(run_)
    _wait_for_others(run_)
    stores = run_.open_stores(version)
    _count(run_, stores, person)
    for name in sorted(stores):
        _erase_store(run_, name, stores[name], person)
    for name in sorted(stores):
        _look_again(run_, name, stores[name], person)
    _nothing_left(run_)
    with run_.begin() as work:
        issue(work, run_.going(work), version, progress.progress(work, run_.request.id))
    with run_.begin() as work:
        _close(run_, work)


def _who(run_: _Run) -> tuple[Version, Person]:
    """The promise under which the request was made, and the person; RefusedError when their key is destroyed."""
    request = run_.request
    with run_.begin() as work:
        known = subjects.identifiers(work, run_.vault, request.subject)
        return record.promised(work, request), Person(request.subject, tuple((one.kind, one.value) for one in known))


def _not_held(run_: _Run) -> None:
    with run_.begin() as work:
        if HOLD in facts.facts(work, run_.request.subject):
            raise RefusedError(
                _HELD, "a legal hold is on the person", hint="nothing to do: lifting the hold resumes the request"
            )


def _wait_for_others(run_: _Run) -> None:
    with run_.begin() as work:
        if admission.waits_for(work, run_.request) is not None:
            raise RefusedError(
                "requests.waits-for-another",
                "the person has another request that must be finished first",
                hint="nothing to do: it goes on by itself",
            )


def _count(run_: _Run, stores: Stores, person: Person) -> None:
    """Nothing is erased anywhere before every store has answered what it holds."""
    with run_.begin() as work:
        if progress.progress(work, run_.request.id):
            return
    counts = {name: _before(store, person) for name, store in stores.items()}
    with run_.begin() as work:
        run_.going(work)
        progress.expect(work, run_.request.id, counts)


def _before(store: Store, person: Person) -> Mapping[str, Expected]:
    due = store.look((person,))
    held = Counter(row.dataset for row in store.access((person,)))
    return {name: Expected(due.get(name, 0), held[name]) for name in due.keys() | held.keys()}


def _erase_store(run_: _Run, name: str, store: Store, person: Person) -> None:
    with run_.begin() as work:
        if progress.progress(work, run_.request.id)[name].erased is not None:
            return
    outcome = store.erase((person,))
    with run_.begin() as work:
        run_.going(work)
        progress.erased(work, run_.request.id, name, outcome)


def _look_again(run_: _Run, name: str, store: Store, person: Person) -> None:
    with run_.begin() as work:
        if progress.progress(work, run_.request.id)[name].clean:
            return
    remaining = store.look((person,))
    with run_.begin() as work:
        run_.going(work)
        progress.looked(work, run_.request.id, name, remaining)


def _nothing_left(run_: _Run) -> None:
    """Let the run go on if nothing is left anywhere; else have the store erased again by the next one."""
    with run_.begin() as work:
        unclean = [one.store for one in progress.progress(work, run_.request.id).values() if not one.clean]
        for name in unclean:
            progress.again(work, run_.request.id, name)
    if unclean:
        raise IntegrityError(
            "requests.rows-left",
            f"rows are left in `{'`, `'.join(sorted(unclean))}` after erasing",
            hint="see whether something still writes there, and check the data map with `troth doctor`",
        )


def _close(run_: _Run, work: Work) -> None:
    request = run_.going(work)
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, add=("account.closed",), remove=("account.open", "account.closing"))
    record.advance(work, run_.vault, request, Event.COMPLETE)
    if request.kind is Kind.CLOSE_ACCOUNT:
        subjects.shred(work, run_.vault, request.subject)


def _may_run(request: Request, work: Work) -> bool:
    over = request.state is State.COOLING_OFF and not request.recallable(work.at)
    return request.state in RUNS or over


def _stop(run_: _Run, code: str) -> None:
    """Write why a run went no further. The same failure again changes no state: it only waits longer."""
    with run_.begin() as work:
        now = record.load(work, run_.request.id)
        if now.closed:
            return
        if code in _ENDS:
            record.advance(work, run_.vault, run_.going(work), _ENDS[code], code=code)
        elif now.state is State.BLOCKED and now.blocked == code:
            _wait_longer(work, now)
        else:
            blocked = work.at + pause(1)
            record.advance(work, run_.vault, run_.going(work), Event.BLOCK, code=code, attempts=1, retry_at=blocked)


def _wait_longer(work: Work, request: Request) -> None:
    table = tables.request
    mine = table.c.id == request.id
    attempts = 1 + work.db.execute(sa.select(table.c.attempts).where(mine)).scalar_one()
    values = {"attempts": attempts, "retry_at": work.at + pause(attempts), "asked_at": None}
    work.db.execute(sa.update(table).where(mine).values(values))


_BY_WAY: Mapping[Way, Callable[[_Run], None]] = {Way.PACKAGE: _copy, Way.ERASE: _erase}
"""What workers do; a choice is made at once, and an answer is written by somebody."""
