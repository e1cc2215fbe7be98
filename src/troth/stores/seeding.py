"""What one store knows of people finds them in the next, until nothing new turns up.

A row that is solely one person's may say more of them than what found it: the shop finds a customer by telephone
number, and their row holds the e-mail address by which the newsletter's database knows them. Such a value is taken only
where nobody else could be meant by it. It is not if

- two people of the run have it, or somebody else is known to Troth by it;
- it finds a row, in any store, that also names somebody else: by an identifier of another person of the run, or by one
  of a kind of which the person has others; or one that an owner leads to whose person is not known to be this one.

Then it is *unclear*: said, and never followed. All stores are asked in each round with the same identifiers, so their
order is of no consequence. After the first round nothing new of a kind that a person already had can turn up, so there
are at most as many rounds as kinds of identifier, and two: how many statements are sent does not depend on rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from troth.base.sensitive import Sensitive
from troth.datamap.model import Person
from troth.datamap.seeds import Spelt
from troth.stores.model import Named, Seeding, Store

Known = tuple[str, str]
"""A kind of identifier and its value."""

Whose = Callable[[str, Sensitive[str]], str | None]
"""Gives the subject whom an identifier already stands for, if any."""


@dataclass(frozen=True)
class Unclear:
    """An identifier that stands in somebody's own row and could mean somebody else as well."""

    subject: str
    kind: str
    value: Sensitive[str]


@dataclass(frozen=True)
class Seeded:
    """The people with all that they may be found by, in the order in which they were given; and what was unclear."""

    people: tuple[Person, ...]
    unclear: tuple[Unclear, ...]


def nobody(_kind: str, _value: Sensitive[str]) -> str | None:
    """Nobody is known by any identifier."""
    return None


def seeded(stores: Mapping[str, Store], people: Sequence[Person], whose: Whose = nobody) -> Seeded:
    """Follow what stores say of people through all of them. Nothing is written.

    Raises what reading a store raises; nothing was found then.
    """
    telling = [store for _, store in sorted(stores.items()) if isinstance(store, Seeding)]
    run = _Run(people, [{(kind, value.reveal()) for kind, value in one.identifiers} for one in people], whose)
    while new := run.taken(run.found(telling), telling):
        for place, one in new:
            run.known[place].add(one)
    unclear = (Unclear(people[n].subject, kind, Sensitive(value)) for n, (kind, value) in sorted(run.unclear))
    return Seeded(tuple(run.person(n) for n in range(len(people))), tuple(unclear))


@dataclass
class _Run:
    people: Sequence[Person]
    known: list[set[Known]]
    whose: Whose
    unclear: set[tuple[int, Known]] = field(default_factory=set)
    rows: dict[tuple[int, object], int] = field(default_factory=dict)
    """Whose alone the rows that owners lead to are, by store."""

    def person(self, place: int) -> Person:
        """The person, with what they are known by in a fixed order: what was given first."""
        given = [(kind, value.reveal()) for kind, value in self.people[place].identifiers]
        every = [*given, *sorted(self.known[place].difference(given))]
        return Person(self.people[place].subject, tuple((kind, Sensitive(value)) for kind, value in every))

    def found(self, stores: Sequence[Seeding]) -> set[tuple[int, Known]]:
        """What is new in rows that are one person's and nobody else's."""
        new, people = set[tuple[int, Known]](), [self.person(n) for n in range(len(self.people))]
        for number, store in enumerate(stores):
            for row in store.own_names(people):
                self.rows[number, (row.dataset, row.key)] = row.person
                seeds = {(row.person, one) for one in self._exact(row)}
                new |= {one for one in seeds if one[1] not in self.known[one[0]]}
        return new - self.unclear

    def _exact(self, row: Named) -> Iterable[Known]:
        own = self.known[row.person]
        for one in row.names:
            if one.is_exact and (meant := one.meant(own)) is not None:
                yield one.slot.kind, meant

    def taken(self, new: set[tuple[int, Known]], stores: Sequence[Seeding]) -> set[tuple[int, Known]]:
        """What of it can mean nobody else; the rest is unclear from now on."""
        asked = sorted(new)
        holders = self._holders(new)
        refused = {one for one in asked if self._is_somebody_elses(one, holders)}
        probes = [Person(f"{n}", ((kind, Sensitive(value)),)) for n, (_, (kind, value)) in enumerate(asked)]
        for number, store in enumerate(stores if probes else ()):
            for row in store.named(probes):
                place, _ = asked[row.person]
                if self._names_another(place, row, number, holders):
                    refused.add(asked[row.person])
        self.unclear |= refused
        return new - refused

    def _is_somebody_elses(self, one: tuple[int, Known], holders: Mapping[Known, set[int]]) -> bool:
        place, (kind, value) = one
        if holders[one[1]] - {place}:
            return True
        return self.whose(kind, Sensitive(value)) not in (None, self.people[place].subject)

    def _names_another(self, place: int, row: Named, store: int, holders: Mapping[Known, set[int]]) -> bool:
        """The row cannot be this person's alone."""
        if row.is_owned:
            return self.rows.get((store, (row.dataset, row.key))) != place
        return any(self._is_another(place, one, holders) for one in row.names)

    def _is_another(self, place: int, one: Spelt, holders: Mapping[Known, set[int]]) -> bool:
        meant = one.meant(self.known[place])
        if meant is None:
            return False
        others = holders.get((one.slot.kind, meant), set())
        if place in others:
            return False
        return bool(others) or any(kind == one.slot.kind for kind, _ in self.known[place])

    def _holders(self, new: Iterable[tuple[int, Known]]) -> dict[Known, set[int]]:
        """Who has an identifier, or may come to have it."""
        holders = dict[Known, set[int]]()
        for place, known in enumerate(self.known):
            for one in known:
                holders.setdefault(one, set()).add(place)
        for place, one in new:
            holders.setdefault(one, set()).add(place)
        return holders
