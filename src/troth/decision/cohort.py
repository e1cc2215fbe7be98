"""The masks turned sideways: for each fact the people of whom it is true, so that whoever may be used is a few set
operations away."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from troth.decision.compile import Alternative


class Cohorts:
    """One Roaring bitmap of people for each fact. People are numbered in the order in which they are added."""

    def __init__(self) -> None:
        self._facts: dict[int, BitMap] = {}
        self._bound: dict[str, BitMap] = {}
        self._size = 0

    def add(self, states: Iterable[int]) -> None:
        """Number people by their states: one after the other, after those who are there."""
        alike: dict[int, array[int]] = {}
        for number, state in enumerate(states, start=self._size):
            alike.setdefault(state, array("I")).append(number)
        for state, numbers in alike.items():
            people = BitMap(numbers)
            self._size += len(people)
            for bit in bits_of(state):
                self._facts[bit] = self._facts.get(bit, BitMap()) | people  # a bitmap of its own: it changes alone
        for people in self._facts.values():
            people.run_optimize()

    def change(self, number: int, before: int, after: int) -> None:
        """Take over that a person's state is another now."""
        for bit in bits_of(after & ~before):
            self._facts.setdefault(bit, BitMap()).add(number)
        for bit in bits_of(before & ~after):
            self._facts[bit].discard(number)

    def bind(self, number: int, before: str | None, version: str | None) -> None:
        """Take over that a person is bound by another version than before; None: by the one in force."""
        if before is not None:
            self._bound[before].discard(number)
        if version is not None:
            self._bound.setdefault(version, BitMap()).add(number)

    def bind_all(self, numbers: Mapping[str, Iterable[int]]) -> None:
        """Take over whom which version binds, of all people; all others are bound by the one in force."""
        self._bound = {version: BitMap(array("I", people)) for version, people in numbers.items()}

    def bound(self, version: str) -> BitMap:
        """The people whom that version binds, though it is not the one in force."""
        return self._bound.get(version, BitMap())

    def allowed(self, alternatives: Sequence[Alternative]) -> BitMap:
        """The people whom one of the alternatives allows."""
        return BitMap.union(BitMap(), *(self._with(each.need, each.forbid) for each in alternatives))

    @property
    def size_in_bytes(self) -> int:
        """What the bitmaps take, as they would be written down."""
        return sum(len(people.serialize()) for people in self._facts.values())

    def __len__(self) -> int:
        return self._size

    def _with(self, need: int, forbid: int) -> BitMap:
        """The rarest fact first, so that every step has little left to do."""
        needed = sorted((self._facts.get(bit, BitMap()) for bit in bits_of(need)), key=len)
        found = BitMap(range(self._size)) if not needed else needed[0].copy()
        for people in needed[1:]:
            found &= people
        for bit in bits_of(forbid):
            if bit in self._facts:
                found -= self._facts[bit]
        return found


@dataclass(frozen=True)
class Cohort:
    """People whom a question may be answered yes for; `name` gives the subject's id of a number."""

    numbers: BitMap
    name: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self.name, self.numbers)

    def page(self, start: int, size: int) -> list[str]:
        """Up to `size` of them, from the one at the place `start` on."""
        return [self.name(number) for number in self.numbers[start : start + size]]


def bits_of(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
