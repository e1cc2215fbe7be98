"""Carries a correction out: small steps, each its own transaction, each idempotent, in rounds.

A round is what may be changed now: first what nobody has to look at, later what somebody of the staff accepted. What
the stores held is sealed before the first write, and so is whom they know the person by: with the old number, until
every store has the new one. Only then is the person found by the new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.datamap.model import Person, StoreMap
from troth.datamap.new_values import Correction
from troth.requests import record, tables
from troth.requests.fulfilment import changes, seeds
from troth.requests.fulfilment.changes import Change
from troth.requests.fulfilment.running import Running
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.requests.ports import Stores
from troth.requests.telling import recipients
from troth.stores.model import Corrected, Correcting, Row, Store
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.versions.service import Version

BY_HAND = "requests.by-hand"
"""Why somebody looks: a store that holds the item cannot be written by a program."""

_TAKEN = "stores.value-taken"
_c = tables.request_correction.c


@dataclass(frozen=True)
class Round:
    """What is done together: the changes, for whom, and where."""

    number: int
    changes: tuple[Change, ...]
    person: Person
    stores: Mapping[str, Correcting]

    def wanted(self, person: Person) -> tuple[Correction, ...]:
        """The changes, for the person as they are found."""
        return (Correction(person, tuple(one.value for one in self.changes)),)

    @property
    def known_anew(self) -> Person:
        """The person as they are found by the new values as well as by the old ones."""
        fresh = tuple((one.kind, one.value) for one in changes.identifiers(self.changes))
        return replace(self.person, identifiers=(*self.person.identifiers, *fresh))


def carry_out(run_: Running, version: Version, person: Person, stores: Stores) -> bool:
    """Go on with the request until it is all done (True), or until somebody has to look at the rest."""
    maps = changes.maps_of(version)
    while True:
        person_now = seeds.sought(run_, stores, person)
        _remember(run_, maps, stores, person_now)
        _sort_out(run_, maps, stores, person_now)
        made = _round(run_, stores, person_now)
        if made is None:
            return not _wait(run_)
        _correct(run_, made)
        _look_again(run_, made)
        person = _finish(run_, made)


def _changes(run_: Running) -> tuple[Change, ...]:
    with run_.begin() as work:
        return changes.of(work, run_.vault, run_.request)


def _remember(run_: Running, maps: Mapping[str, StoreMap], stores: Stores, person: Person) -> None:
    """Seal what the stores hold of these items; nothing has been changed yet."""
    if all(one.old is not None for one in _changes(run_)):
        return
    held: dict[str, dict[str, None]] = {}
    for name in sorted(stores):
        for row in stores[name].access((person,)):
            for item, value in _items(maps[name], row):
                held.setdefault(item, {})[value] = None
    with run_.begin() as work:
        found = {item: tuple(map(Sensitive, values)) for item, values in held.items()}
        changes.remember(work, run_.vault, run_.going(work), found)


def _items(found: StoreMap, row: Row) -> Iterable[tuple[str, str]]:
    fields = found.datasets[row.dataset].fields
    for column, value in row.values.items():
        item = fields[column].item if column in fields else None
        if item is not None and value is not None:
            yield item, str(value)


def _sort_out(run_: Running, maps: Mapping[str, StoreMap], stores: Stores, person: Person) -> None:
    """What a store would refuse, and what no program can write, somebody has to look at."""
    found = _changes(run_)
    if any(one.round is not None for one in changes.runnable(found)):
        return
    for one in changes.runnable(found):
        why = _obstacle(run_, one, maps, stores, person)
        if why is not None:
            with run_.begin() as work:
                changes.look_first(work, run_.going(work), [one.item], why)


def _obstacle(
    run_: Running, change: Change, maps: Mapping[str, StoreMap], stores: Stores, person: Person
) -> str | None:
    with run_.begin() as work:
        owners = {subjects.find(work, run_.vault, one) for one in changes.identifiers([change])}
    if owners - {None, run_.request.subject}:
        return _TAKEN
    for name in sorted(stores):
        store = stores[name]
        if not isinstance(store, Correcting):
            if change.state != "accepted" and _holds(maps[name], store, change, person):
                return BY_HAND
            continue
        try:
            store.rehearse_correction((Correction(person, (change.value,)),))
        except InputError as error:
            return error.code
    return None


def _holds(found: StoreMap, store: Store, change: Change, person: Person) -> bool:
    return any(item == change.item for row in store.access((person,)) for item, _ in _items(found, row))


def _round(run_: Running, stores: Stores, person: Person) -> Round | None:
    """The round that has begun, or a new one; what every store holds is counted and written before the first write."""
    found = changes.runnable(_changes(run_))
    if not found:
        return None
    able = {name: store for name, store in stores.items() if isinstance(store, Correcting)}
    made = Round(found[0].round or _next(run_), found, person, able)
    if found[0].round is None:
        said = {name: store.rehearse_correction(made.wanted(person)) for name, store in able.items()}
        with run_.begin() as work:
            request = run_.going(work)
            _expect(work, request, made, said)
            changes.begin_round(work, request, [one.item for one in found], made.number)
    return made


def _next(run_: Running) -> int:
    return 1 + max((one.round or 0 for one in _changes(run_)), default=0)


def _expect(work: Work, request: Request, made: Round, said: Mapping[str, Sequence[Corrected]]) -> None:
    rows = [
        {"request": request.id, "round": made.number, "store": name, "expected": _due(found), "clean": False}
        for name, found in said.items()
    ]
    if rows:
        work.db.execute(sa.insert(tables.request_correction), rows)


def _due(found: Iterable[Corrected]) -> dict[str, int]:
    counted = Counter[str]()
    for one in found:
        counted[f"{one.dataset}.{one.column}"] += one.changed
    return dict(counted)


def _correct(run_: Running, made: Round) -> None:
    for name in sorted(made.stores):
        with run_.begin() as work:
            row = _row(work, run_.request, made, name)
        if row.outcome is None:
            outcome = _put(made, made.stores[name], due=sum(row.expected.values()))
            with run_.begin() as work:
                _set(work, run_.going(work), made, name, outcome=[asdict(one) for one in outcome])


def _put(made: Round, store: Correcting, *, due: int) -> tuple[Corrected, ...]:
    """Correct a store. A run that was killed after the store's commit left nothing to do: the person is found there by
    the new number already, which then seems to be a stranger's."""
    try:
        return store.correct(made.wanted(made.person))
    except InputError as error:
        if error.code != _TAKEN or not due:
            raise
        found = store.rehearse_correction(made.wanted(made.known_anew))
        if any(one.changed for one in found):
            raise
        return found


def _look_again(run_: Running, made: Round) -> None:
    """Nobody is told that it was done before every field of the person holds the new value."""
    unclean = []
    for name in sorted(made.stores):
        found = made.stores[name].rehearse_correction(made.wanted(made.known_anew))
        is_clean = not any(one.changed for one in found)
        unclean += [] if is_clean else [name]
        with run_.begin() as work:
            again: dict[str, object] = {} if is_clean else {"outcome": sa.null()}
            _set(work, run_.going(work), made, name, clean=is_clean, **again)
    if unclean:
        raise IntegrityError(
            "requests.not-corrected",
            f"an old value is still held in `{'`, `'.join(unclean)}` after correcting",
            hint="see whether something still writes there, and check the data map with `troth doctor`",
        )


def _finish(run_: Running, made: Round) -> Person:
    """The person is found by the new values from now on; the next round seeks them anew."""
    with run_.begin() as work:
        request = run_.going(work)
        known = subjects.identifiers(work, run_.vault, request.subject)
        fresh = changes.identifiers(made.changes)
        if fresh:
            old = changes.replaced([one for one in made.changes if one.kind], known)
            subjects.rename(work, run_.vault, request.subject, old=old, new=fresh)
            proved = {f"verified.{one.kind}" for one in made.changes if one.proved and changes.can_be_proved(one.kind)}
            others = {f"verified.{one.kind}" for one in made.changes if one.kind} - proved
            facts.change(work, request.subject, add=sorted(proved), remove=sorted(others))
        changes.done(work, request, made.number)
        seeds.forget(work, request.id)
        now = subjects.identifiers(work, run_.vault, request.subject)
        return Person(request.subject, tuple((one.kind, one.value) for one in now))


def _wait(run_: Running) -> bool:
    """Hand what is left to somebody, if anything is."""
    left = changes.waiting(_changes(run_))
    if left:
        with run_.begin() as work:
            seeds.forget(work, run_.request.id)
            record.advance(work, run_.vault, run_.going(work), Event.REVIEW, code=left[0].why)
    return bool(left)


def close(run_: Running, work: Work, version: Version) -> None:
    """Have those told who received what was wrong, and end the request, in one transaction."""
    request = run_.going(work)
    found = tuple(one for one in changes.of(work, run_.vault, request) if one.state == "done")
    known = subjects.identifiers(work, run_.vault, request.subject)
    person = Person(request.subject, changes.known_before(found, known))
    recipients.tell(work, run_.vault, version, request, person, values={one.item: one.new for one in found})
    record.advance(work, run_.vault, request, Event.COMPLETE)


def _row(work: Work, request: Request, made: Round, store: str) -> sa.Row[Any]:
    here = sa.and_(_c.request == request.id, _c.round == made.number, _c.store == store)
    return work.db.execute(sa.select(tables.request_correction).where(here)).one()


def _set(work: Work, request: Request, made: Round, store: str, **values: object) -> None:
    here = sa.and_(_c.request == request.id, _c.round == made.number, _c.store == store)
    work.db.execute(sa.update(tables.request_correction).where(here).values(**values))
