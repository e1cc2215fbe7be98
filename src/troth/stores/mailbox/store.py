"""The store that somebody with a mailbox is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from troth.base.errors import InputError, Problem, UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.text import Text
from troth.base.work import Begin
from troth.datamap.model import Person, StoreMap
from troth.stores.mailbox import service
from troth.stores.mailbox.model import Act, Count, Counts, Task, TaskRefusedError, WaitsError
from troth.stores.model import Corrected, Correction, Erased, Errand, Row
from troth.subjects.vault import Vault

_ADDRESS = re.compile(r"(mailto:)?([^\s@:/]+@[^\s@:/]+)")


@dataclass(frozen=True)
class Desk:
    """Where tasks lie: our own database, and the vault that seals them."""

    begin: Begin
    vault: Vault


class MailboxStore:
    """Asks somebody, and gives what they answered. Satisfies `stores.model.Store`, `Asking` and `Correcting`.

    What it is asked about one person on one errand becomes one task, however often it is asked. Until that is answered
    every method raises WaitsError; `on` says for which errand a store is asked, and without one it has no answer.
    """

    def __init__(self, found: StoreMap, address: str, desk: Desk | None, errand: Errand | None = None) -> None:
        parts = _ADDRESS.fullmatch(address.strip())
        if parts is None:
            hint = "let the reference lead to an e-mail address, such as `mailto:archive@shop.example`"
            raise InputError("stores.bad-url", f"store `{found.name}` has no address to write to", hint=hint)
        self._map, self._address, self._desk, self._errand = found, parts[2], desk, errand

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._map.name

    @property
    def label(self) -> Text:
        """What people call it."""
        return self._map.label

    def on(self, errand: Errand) -> MailboxStore:
        """The store as it answers for one errand."""
        return MailboxStore(self._map, self._address, self._desk, errand)

    def check(self) -> tuple[Problem, ...]:
        """Whether whoever is asked is told by what a person is found."""
        hint = "name under `identifies` what they look people up by"
        return tuple(
            Problem("datamap.no-identifier", f"nobody can be found in `{name}`", hint)
            for name, dataset in self._map.datasets.items()
            if not dataset.identifies
        )

    def ask(self, act: Act, people: Sequence[Person]) -> bool:
        """Have the task there for everybody, and say whether all of them are answered; raises TaskRefusedError."""
        made = [task for one in people if (task := self._task(act, one)) is not None]
        if any(task.outcome == "refused" for task in made):
            raise TaskRefusedError(self.name)
        return all(task.outcome == "done" for task in made)

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """What was said to be held; once an erasure was answered, what that left."""
        found = dict.fromkeys(self._map.datasets, 0)
        for person in people:
            for name, number in self._left(person).items():
                found[name] += number
        return found

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """The rows that were sent. On an errand that erases nobody sends any: there they are only counted."""
        for person in people:
            if self._on().erases:
                yield from self._counted(person)
            else:
                yield from self._sent(person)

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What an erasure would do, as far as the numbers that were said tell."""
        held = [(name, lines) for one in people for name, lines in self._held(one).items() if lines.done]
        return tuple(_expected(name, lines.done, self._ground(name)) for name, lines in held)

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What was said to be erased and kept, and what the map keeps; who holds nothing to erase is not asked."""
        done = [line for one in people if self._due(one) for line in self._erased(one)]
        return (*done, *(line for line in self.rehearse(people) if line.kept))

    def rehearse_correction(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """What still holds another value, by the rows that were sent and by what was said to be changed."""
        return tuple(line for one in corrections for line in self._stale(one))

    def correct(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """What was said to be changed; somebody who holds none of these items is not asked."""
        return tuple(line for one in corrections for line in self._corrected(one))

    def _corrected(self, correction: Correction) -> Iterator[Corrected]:
        due = [line for line in self._fields(correction) if line.changed]
        if not due:
            return
        task = self._task("correct", correction.person, values=_values(correction))
        if task is None or task.outcome is None:
            raise WaitsError(self.name)
        if task.outcome == "refused":
            raise TaskRefusedError(self.name)
        if any(line.changed for line in self._stale(correction)):
            self._task("correct", correction.person, values=_values(correction), after=task)
            raise WaitsError(self.name)
        yield from due

    def _stale(self, correction: Correction) -> Iterator[Corrected]:
        """The fields that hold the items, of which nothing is left to change where enough rows were said to be."""
        gone = self._changed(correction)
        for line in self._fields(correction):
            enough = gone.get(line.dataset, Count()).done >= line.changed
            yield replace(line, changed=0) if enough else line

    def _changed(self, correction: Correction) -> Counts:
        task = self._latest("correct", correction.person)
        if task is None or task.outcome != "done" or task.counts is None:
            return {}
        desk = self._there()
        with desk.begin() as work:
            same = service.asked(work, desk.vault, task).values == _values(correction)
        return task.counts if same else {}

    def _fields(self, correction: Correction) -> Iterator[Corrected]:
        """By field that holds one of the items, how many of the rows that were sent hold another value."""
        rows = list(self._sent(correction.person))
        for new in correction.values:
            for name, dataset in self._map.datasets.items():
                for column in (column for column, rule in dataset.fields.items() if rule.item == new.item):
                    held = [row.values[column] for row in rows if row.dataset == name and column in row.values]
                    other = sum(1 for value in held if str(value) != new.value.reveal())
                    if held:
                        yield Corrected(name, column, new.item, len(held), other, 0)

    def _erased(self, person: Person) -> Iterator[Erased]:
        task = self._answered("erase", person)
        if any(self._left(person).values()):
            # It did not do: rows are left that were neither erased nor kept for a ground. They are asked for anew.
            self._task("erase", person, after=task)
            raise WaitsError(self.name)
        for name, lines in (task.counts or {}).items():
            yield Erased(name, lines.done, lines.done, 0, None, "delete")
            if lines.kept:
                yield Erased(name, lines.kept, 0, lines.kept, lines.ground, "keep")

    def _left(self, person: Person) -> dict[str, int]:
        due = self._due(person)
        task = self._latest("erase", person) if due else None
        gone = task.counts if task and task.outcome == "done" and task.counts else {}
        none = Count()
        return {name: max(0, n - gone.get(name, none).done - gone.get(name, none).kept) for name, n in due.items()}

    def _due(self, person: Person) -> dict[str, int]:
        """Rows by dataset that an erasure has to take, of those that were said to be held."""
        held = self._held(person)
        return {name: lines.done for name, lines in held.items() if lines.done and self._ground(name) is None}

    def _held(self, person: Person) -> Mapping[str, Count]:
        return self._answered("look" if self._on().erases else "access", person).counts or {}

    def _counted(self, person: Person) -> Iterator[Row]:
        for name, lines in self._held(person).items():
            yield from (Row(person.subject, name, {}) for _ in range(lines.done))

    def _sent(self, person: Person) -> Iterator[Row]:
        task, desk = self._answered("access", person), self._there()
        with desk.begin() as work:
            found = service.rows(work, desk.vault, task)
        for name in self._map.datasets:
            yield from (Row(person.subject, name, values) for values in found.get(name, ()))

    def _answered(self, act: Act, person: Person) -> Task:
        task = self._task(act, person)
        if task is None or task.outcome in (None, "dropped"):
            raise WaitsError(self.name)
        if task.outcome == "refused":
            raise TaskRefusedError(self.name)
        return task

    def _task(
        self, act: Act, person: Person, *, values: Mapping[str, Sensitive[str]] | None = None, after: Task | None = None
    ) -> Task | None:
        """The task, made if it is not there or was of other `values`; None where the answer is known without one."""
        if act == "erase" and not self._due(person):
            return None
        desk, errand, values = self._there(), self._on(), values or {}
        with desk.begin() as work:
            before = service.latest(work, errand.id, self.name, act, person.subject)
            if before is not None and after is None:
                if service.asked(work, desk.vault, before).values == values:
                    return before
                after = before
            return service.ask(
                work,
                desk.vault,
                self._map,
                errand,
                act,
                address=self._address,
                person=person,
                values=values,
                after=after,
            )

    def _latest(self, act: Act, person: Person) -> Task | None:
        with self._there().begin() as work:
            return service.latest(work, self._on().id, self.name, act, person.subject)

    def _ground(self, name: str) -> str | None:
        dataset = self._map.datasets.get(name)
        return dataset.erase.ground if dataset is not None else None

    def _on(self) -> Errand:
        if self._errand is None:
            hint = "open a request: it is asked for there"
            raise UnavailableError(
                "stores.by-hand", f"somebody answers for store `{self.name}`, in their time", hint=hint
            )
        return self._errand

    def _there(self) -> Desk:
        if self._desk is None:
            hint = "ask in the running system"
            raise UnavailableError("stores.by-hand", f"store `{self.name}` is opened without its tasks", hint=hint)
        return self._desk


def _values(correction: Correction) -> dict[str, Sensitive[str]]:
    return {one.item: one.value for one in correction.values}


def _expected(name: str, held: int, ground: str | None) -> Erased:
    if ground is None:
        return Erased(name, held, held, 0, None, "delete")
    return Erased(name, held, 0, held, ground, "keep")
