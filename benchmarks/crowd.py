"""People of many kinds under the Kaiconn policy, for the benchmarks of decisions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from troth.app.application import Application
from troth.app.build import build
from troth.app.drills.folder import read_folder
from troth.app.settings import read_settings
from troth.decision.compile import Alternative, Masks, compile_policy
from troth.decision.model import Question
from troth.subjects import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.versions.service import publish

_POLICY = Path("examples/kaiconn")


def compiled() -> Masks:
    """The masks of the policy, every fact that it asks for with a bit."""
    policy = read_folder(_POLICY).policy
    names = sorted({name for each in every(compile_policy(policy, {})) for name in (*each.needs, *each.forbids)})
    return compile_policy(policy, {name: bit for bit, name in enumerate(names, start=1)})


def every(masks: Masks) -> Iterator[Alternative]:
    """All alternatives."""
    for alternatives in masks.alternatives.values():
        yield from alternatives


def hardest(masks: Masks) -> Question:
    """Of the questions that rest on consent the one with the most facts to look at."""

    def size(question: Question) -> tuple[int, str]:
        return max(len(each.needs) + len(each.forbids) for each in masks.of(question)), str(question)

    return max((each for each in masks.alternatives if masks.of(each)[0].flow.basis == "consent"), key=size)


def kinds(masks: Masks, size: int) -> list[frozenset[str]]:
    """The facts of people of so many kinds, half of them nearly unhindered."""
    draw = random.Random(1)
    needed = sorted({name for each in every(masks) for name in each.needs})
    forbidden = sorted({name for each in every(masks) for name in each.forbids} - set(needed))
    found = []
    for number in range(size):
        lacking, hindered = (0.02, 0.01) if number % 2 else (0.4, 0.2)
        held = [name for name in needed if draw.random() > lacking]
        found.append(frozenset(held + [name for name in forbidden if draw.random() < hindered]))
    return found


def state(masks: Masks, held: frozenset[str]) -> int:
    """The facts as one integer."""
    return sum(1 << masks.bits[name] for name in held)


def town(home: Path, size: int, **settings: object) -> tuple[Application, dict[str, frozenset[str]]]:
    """A running system with so many people; their facts by subject."""
    app = build(read_settings(home=home, database_url="", **settings))
    with app.begin() as work:
        publish(work, read_folder(_POLICY).policy, {}, by="benchmark@troth.example")
        people = {register(work, app.vault, [identifier("account", f"n{n}")]): held for n, held in _named(size)}
        facts.change_all(work, {subject: (sorted(held), ()) for subject, held in people.items()})
    return app, people


def _named(size: int) -> Iterator[tuple[int, frozenset[str]]]:
    yield from enumerate(kinds(compiled(), size))
