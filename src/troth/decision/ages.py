"""The ages of a policy: from its rules about minors, the stretches of age within which the same rules hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from troth.base.errors import InputError
from troth.policy.model import Minors
from troth.subjects.age import OLDEST, below_fact


@dataclass(frozen=True)
class Stretch:
    """People of some ages: those of whom all `needs` and none of `forbids` is true; and the `rules` for them."""

    needs: tuple[str, ...]
    forbids: tuple[str, ...]
    rules: frozenset[str]


EVERYBODY = Stretch((), (), frozenset())


def stretches(minors: Minors | None) -> tuple[Stretch, ...]:
    """The stretches that nobody is barred from, grown-ups (and people whose age nobody knows) first.

    A person who counts as younger than a limit has the rules below it, whatever else is said of them. Raises InputError
    `decision.age-limit` for a limit beyond the ages that facts tell apart.
    """
    if minors is None:
        return (EVERYBODY,)
    bands = tuple(_bands(minors))
    limits = sorted({limit for low, high, _ in bands for limit in (low, high) if limit > 0})
    if limits[-1] > OLDEST:
        hint = f"ages are told apart up to {OLDEST}"
        raise InputError("decision.age-limit", f"nobody's age is known up to {limits[-1]}", hint=hint)
    grown = Stretch((), tuple(map(below_fact, limits)), frozenset())
    younger = (_stretch(low, high, limits, bands) for low, high in zip([0, *limits], limits, strict=False))
    return (grown, *(each for each in younger if "barred" not in each.rules))


def _stretch(low: int, high: int, limits: list[int], bands: tuple[tuple[int, int, str], ...]) -> Stretch:
    rules = frozenset(rule for start, end, rule in bands if start <= low and high <= end)
    return Stretch((below_fact(high),), tuple(below_fact(each) for each in limits if each <= low), rules)


def _bands(minors: Minors) -> Iterator[tuple[int, int, str]]:
    yield 0, minors.below, minors.rule
    for band in minors.bands.values():
        yield band.at_least or 0, band.below + band.inclusive, band.rule
