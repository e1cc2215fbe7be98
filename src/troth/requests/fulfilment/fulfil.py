"""Fulfilling a request: small steps, each its own transaction, each idempotent.

A worker may be killed between any two lines; the next run goes on from what is written. The order is what makes that
true: whom the stores know the person by, and what each of them holds, is written down before the first row is erased;
a store is erased before that is written down, and erasing it again finds nothing; it is looked at again before anything
is certified; the certificate is in the journal before the person's key is destroyed; and that, the person's facts and
the final state are one transaction.

What fails outside (a store, a data map) blocks the request with the code of the error and leaves it open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from troth.base import outbox
from troth.base.errors import IntegrityError, RefusedError, TrothError
from troth.base.work import Begin, Work
from troth.datamap.model import Person
from troth.journal.lock import one_writer
from troth.requests import admission, record, tables
from troth.requests.deciding import partial
from troth.requests.deciding.eyes import BY_WAY, needed
from troth.requests.deciding.proposals import WAITS, approved
from troth.requests.exchange import tombstones, transfer
from troth.requests.fulfilment import (
    chunks,
    correction,
    correction_certificate,
    documents,
    errands,
    package,
    progress,
    seeds,
)
from troth.requests.fulfilment.certificate import issue, write
from troth.requests.fulfilment.progress import Expected
from troth.requests.holds import HOLD
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import RUNS, Event, State
from troth.requests.model import Request
from troth.requests.ports import OpenStores, Stores
from troth.requests.pulse import runnable
from troth.requests.telling import letters, recipients
from troth.stores.lines import read_lines
from troth.stores.model import Chunking, Lines, Store
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


def run(begin: Begin, vault: Vault, stores: OpenStores, request_id: str, *, two_pairs: Collection[str] = ()) -> Request:
    """Carry a request on as far as it will go, and give it back as it then stands.

    Does nothing to a request that is closed or still in its cooling-off period. A request that cannot go on is
    `blocked` and open; one whose person's key has been destroyed is `refused`. What `two_pairs` names waits, before
    any store is opened, until two people have agreed to it.

    Raises:
        InputError: `requests.unknown`.
    """
    with begin() as work:
        request = record.load(work, request_id)
    if _may_run(request, work):
        _attempt(_Run(begin, vault, errands.on_errand(stores, request), request, two_pairs))
    with begin() as work:
        return record.load(work, request_id)


def run_all(begin: Begin, vault: Vault, stores: OpenStores, *, two_pairs: Collection[str] = ()) -> tuple[Request, ...]:
    """Run everything that may run now, in this thread, until a round closes nothing more; gives what was closed.

    Blocked requests are tried at once, whatever their pause.
    """
    closed: list[Request] = []
    while True:
        with begin() as work:
            waiting = runnable(work)
        done = [one for one in (run(begin, vault, stores, each, two_pairs=two_pairs) for each in waiting) if one.closed]
        if not done:
            return tuple(closed)
        closed += done


def pause(attempts: int) -> timedelta:
    """How long the pulse waits after so many failures in a row: not at all, then 1 s, 2 s, 4 s … 5 minutes."""
    return outbox.pause(attempts - 1, timedelta(seconds=1), _LONGEST_PAUSE) if attempts > 1 else timedelta()


@dataclass(frozen=True)
class _Run:
    """One attempt at one request: what every step of it is handed."""

    begin: Begin
    vault: Vault
    open_stores: OpenStores
    request: Request
    two_pairs: Collection[str]

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
        _agreed(run_)
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


def _agreed(run_: _Run) -> None:
    """Go on only if two people have agreed, where that is asked for."""
    act = BY_WAY.get(WAYS[run_.request.kind])
    if act is None or not needed(run_.two_pairs, run_.request.kind, act):
        return
    with run_.begin() as work:
        if not approved(work, run_.request.id, [act]):
            hint = "propose it and have somebody else approve it on the console"
            raise RefusedError(WAITS, f"`{act}` needs two people", hint=hint)


def _copy(run_: _Run) -> None:
    version, person = _who(run_)
    with run_.begin() as work:
        sends = transfer.of(work, run_.request.id)
    if sends is None or sends.state == "asked":
        _pack(run_, version, person)
    if sends is not None:
        _pass_on(run_)


def _pass_on(run_: _Run) -> None:
    """Close the request once another controller has the package, or will not have it."""
    with run_.begin() as work:
        request = run_.going(work)
        transfer.settle(work, request.id)
        record.advance(work, run_.vault, request, Event.COMPLETE)


def _pack(run_: _Run, version: Version, person: Person) -> None:
    stores = run_.open_stores(version)
    people = seeds.seek(run_.begin, run_.vault, stores, person).people
    errands.ask(stores, "access", people)
    _deliver(run_, version, {name: read_lines(store, people) for name, store in sorted(stores.items())})


def _document(run_: _Run) -> None:
    with run_.begin() as work:
        version = record.promised(work, run_.request)
    _deliver(run_, version, {})


def _deliver(run_: _Run, version: Version, found: Mapping[str, Iterable[Lines]]) -> None:
    """Write the archive, sealed part by sealed part, while it is read; only then does anything of it count."""
    with run_.begin() as work:
        write = documents.answer(work, run_.vault, version, run_.request)
    draft = package.Draft(run_.begin, run_.vault, run_.request)
    total = write(draft, found)
    draft.close()
    with run_.begin() as work:
        request = run_.going(work)
        package.put(work, request, draft, found=total)
        if not transfer.pack(work, request.id):
            record.advance(work, run_.vault, request, Event.COMPLETE)


def _erase(run_: _Run) -> None:
    version, person = _who(run_)
    _not_held(run_)
    _wait_for_others(run_)
    stores = run_.open_stores(version)
    person = seeds.sought(run_, stores, person)
    _count(run_, stores, person)
    by_themselves, by_hand = errands.parted(stores)
    for name in by_themselves:
        _erase_store(run_, name, stores[name], person)
    errands.ask({name: stores[name] for name in by_hand}, "erase", (person,))
    for name in by_hand:
        _erase_store(run_, name, stores[name], person)
    for name in sorted(stores):
        _look_again(run_, name, stores[name], person)
    _nothing_left(run_)
    with run_.begin() as work:
        issue(work, run_.going(work), version, progress.progress(work, run_.request.id))
    with run_.begin() as work:
        _close(run_, work)


def _correct(run_: _Run) -> None:
    version, person = _who(run_)
    _wait_for_others(run_)
    if not correction.carry_out(run_, version, person, run_.open_stores(version)):
        return
    with run_.begin() as work:
        request = run_.going(work)
        write(work, request, correction_certificate.compose(work, run_.vault, request, version))
    with run_.begin() as work:
        correction.close(run_, work, version)


def _who(run_: _Run) -> tuple[Version, Person]:
    """The promise under which the request was made, less what is refused of it, and the person.

    Raises RefusedError when the person's key is destroyed.
    """
    request = run_.request
    with run_.begin() as work:
        known = subjects.identifiers(work, run_.vault, request.subject)
        version = record.promised(work, request)
        kept = partial.of(work, version, request.id)
        return partial.narrowed(version, request, kept), Person(
            request.subject, tuple((one.kind, one.value) for one in known)
        )


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
        known = progress.progress(work, run_.request.id)
    fresh = {name: store for name, store in stores.items() if name not in known}
    if not fresh:
        return
    errands.ask(fresh, "look", (person,))
    counts = {name: _before(store, person) for name, store in fresh.items()}
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
    _erase_chunks(run_, name, store, person)
    outcome = store.erase((person,))
    with run_.begin() as work:
        run_.going(work)
        rows = chunks.done(work, run_.request.id, name)
        progress.erased(work, run_.request.id, name, chunks.with_chunks(outcome, rows))


def _erase_chunks(run_: _Run, name: str, store: Store, person: Person) -> None:
    """Each chunk is one transaction of the store; the lease is renewed after each, for there may be many."""
    if not isinstance(store, Chunking):
        return
    while (chunk := store.erase_chunk((person,))) is not None:
        with run_.begin() as work:
            run_.going(work)
            chunks.add(work, run_.request.id, name, chunk)


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
    known = seeds.kept(work, run_.vault, request)
    if known is not None:
        recipients.tell(work, run_.vault, record.promised(work, request), request, known)
        tombstones.set_up(work, run_.vault, request, known)
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, add=("account.closed",), remove=("account.open", "account.closing"))
    seeds.forget(work, request.id)
    record.advance(work, run_.vault, request, Event.COMPLETE)
    if request.kind is Kind.CLOSE_ACCOUNT:
        letters.keep_address(work, run_.vault, request.subject)
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


_BY_WAY: Mapping[Way, Callable[[_Run], None]] = {
    Way.PACKAGE: _copy,
    Way.DOCUMENT: _document,
    Way.ERASE: _erase,
    Way.CORRECT: _correct,
}
"""What workers do; a choice is made at once, and an answer is written by somebody."""
