"""How fast decisions are: one at a time, everybody's, and those for a file."""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import cedarpy
import duckdb

from benchmarks import crowd
from benchmarks.harness import Figure, Measure
from troth.client import Client
from troth.client.filter import People, opened
from troth.decision.cohort import Cohorts
from troth.decision.compile import Alternative, Masks
from troth.decision.model import Question
from troth.decision.push import word_column
from troth.subjects.facts import WORD_BITS, words

PEOPLE = int(os.environ.get("TROTH_BENCH_PEOPLE", "10_000_000"))
"""How many people there are in the large figures; set it lower for a quick look."""

_KINDS = 1_000


def one_by_one() -> Iterable[Figure]:
    """Decisions with their reasons in one process, against Cedar with the same rules and facts."""
    masks = crowd.compiled()
    question = crowd.hardest(masks)
    with tempfile.TemporaryDirectory() as home:
        app, people = crowd.town(Path(home), _KINDS)
        ours = _ours(Client(app), list(people), question)
        app.engine.dispose()
    cedar = _cedar(masks, list(people.values()), question)
    against = f"{ours / 1e6:.2f} M/s here; cedarpy {cedar / 1e3:.1f} k/s, all parsed before, rules of one question only"
    yield Figure("decision.one_against_cedar", ours / cedar, "×", 50, against, higher=True)


def _ours(client: Client, people: list[str], question: Question, rounds: int = 300) -> float:
    may = client.may
    purpose, item, action, recipient = question.purpose, question.item, question.action, question.recipient
    asked = [may(one, item=item, purpose=purpose, action=action, recipient=recipient) for one in people]
    assert {each.outcome for each in asked} == {"allowed", "denied"}
    started = time.perf_counter()
    for _ in range(rounds):
        for one in people:
            may(one, item=item, purpose=purpose, action=action, recipient=recipient)
    return rounds * len(people) / (time.perf_counter() - started)


def _cedar(masks: Masks, people: list[frozenset[str]], question: Question, rounds: int = 5) -> float:
    """Cedar's rate: one permit an alternative, people as entities with a set of facts, asked in batches."""
    policies = cedarpy.PolicySet.from_str("\n".join(_permit(each, question) for each in masks.of(question)))
    entities = [
        {"uid": {"type": "Person", "id": str(number)}, "attrs": {"facts": sorted(held)}, "parents": []}
        for number, held in enumerate(people)
    ]
    parsed = cedarpy.Entities.from_json_str(json.dumps(entities))
    requests = [
        {
            "principal": {"type": "Person", "id": str(number)},
            "action": {"type": "Action", "id": question.action},
            "resource": {"type": "Item", "id": question.item},
            "context": {"purpose": question.purpose},
        }
        for number in range(len(people))
    ]
    answers = cedarpy.is_authorized_batch(requests, policies, parsed)
    expected = [any(each.allows(crowd.state(masks, held)) for each in masks.of(question)) for held in people]
    assert [answer.allowed for answer in answers] == expected
    started = time.perf_counter()
    for _ in range(rounds):
        for request in requests:
            cedarpy.is_authorized(request, policies, parsed)
    single = rounds * len(requests) / (time.perf_counter() - started)
    started = time.perf_counter()
    for _ in range(rounds):
        cedarpy.is_authorized_batch(requests, policies, parsed)
    return max(single, rounds * len(requests) / (time.perf_counter() - started))


def _permit(alternative: Alternative, question: Question) -> str:
    needs = [f'principal.facts.contains("{name}")' for name in alternative.needs]
    forbids = [f'!principal.facts.contains("{name}")' for name in alternative.forbids]
    conditions = " && ".join([f'context.purpose == "{question.purpose}"', *needs, *forbids])
    scope = f'principal, action == Action::"{question.action}", resource == Item::"{question.item}"'
    return f"permit({scope}) when {{ {conditions} }};"


def everybody() -> Iterable[Figure]:
    """The people whom a purpose may use, of all there are, by one bitmap a fact."""
    masks = crowd.compiled()
    question = crowd.hardest(masks)
    states = [crowd.state(masks, held) for held in crowd.kinds(masks, _KINDS)]
    draw = random.Random(2)
    cohorts = Cohorts()
    cohorts.add(draw.choices(states, k=PEOPLE))
    found = cohorts.allowed(masks.of(question))
    assert 0 < len(found) < PEOPLE
    took = _best(lambda: cohorts.allowed(masks.of(question)))
    yield Figure("decision.cohort", took * 1e3, "ms", 20, f"{len(found):,} of {PEOPLE:,} people, {question.purpose}")
    size = cohorts.size_in_bytes / 1e6
    yield Figure("decision.cohort_memory", size, "MB", 60, f"{len(masks.bits)} facts of {PEOPLE:,} people")


def a_file() -> Iterable[Figure]:
    """`troth filter` over a Parquet file, against the same join with the predicate written by hand."""
    masks = crowd.compiled()
    question = crowd.hardest(masks)
    with tempfile.TemporaryDirectory() as folder:
        source, states, out = (Path(folder) / name for name in ("people.parquet", "states.parquet", "out.parquet"))
        _write_files(masks, source, states)
        by_hand = _best(lambda: _by_hand(masks, question, source, states, out), times=3)
        with opened(People(source, "subject", states), {"kaiconn:1": masks}, question) as found:
            took = _best(lambda: found.keep(out), times=3)
            counts = found.keep(out)
            explained = _best(found.reasons, times=1)
    rows = f"{counts.allowed:,} of {counts.rows:,} rows"
    against = f"{took:.1f} s, by hand {by_hand:.1f} s; {rows}; with reasons {explained:.1f} s more"
    yield Figure("decision.filter_against_hand", took / by_hand, "×", 1.5, against)


def _write_files(masks: Masks, source: Path, states: Path) -> None:
    made = [crowd.state(masks, held) for held in crowd.kinds(masks, _KINDS)]
    last = max(masks.bits.values()) // WORD_BITS
    rows = [(number, *(words(one).get(word, 0) for word in range(last + 1))) for number, one in enumerate(made)]
    columns = [word_column(number) for number in range(last + 1)]
    subject = "'sub-' || lpad(to_base({}, 36), 16, '0')"
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        db.execute(f"CREATE TABLE kinds (kind BIGINT, {', '.join(f'{name} BIGINT' for name in columns)})")
        db.executemany(f"INSERT INTO kinds VALUES ({', '.join('?' * (last + 2))})", rows)
        db.execute(
            f"COPY (SELECT {subject.format('i')} AS subject, 'kaiconn:1' AS version, {', '.join(columns)} "
            f"FROM range({PEOPLE}) t(i) JOIN kinds ON kind = hash(i) % {_KINDS}) TO '{states}'"
        )
        somebody = subject.format(f"(hash(i) % {PEOPLE + PEOPLE // 100})::BIGINT")  # one in a hundred is unknown
        db.execute(
            f"COPY (SELECT {somebody} AS subject, i AS number, "
            f"hash(i + 3) % 1000 / 7.0 AS amount, 'campaign ' || i % 50 AS note "
            f"FROM range({PEOPLE}) t(i)) TO '{source}'"
        )


def _by_hand(masks: Masks, question: Question, source: Path, states: Path, out: Path) -> None:
    """What somebody who knows the bits would write."""
    ways = " OR ".join(f"({_way(each)})" for each in masks.of(question))
    with duckdb.connect() as db:
        db.execute("SET memory_limit = '2GB'; SET preserve_insertion_order = false; SET enable_progress_bar = false")
        db.execute(
            f"COPY (SELECT p.* FROM '{source}' p JOIN '{states}' s ON p.subject = s.subject "
            f"WHERE s.version = 'kaiconn:1' AND ({ways})) TO '{out}'"
        )


def _way(each: Alternative) -> str:
    return " AND ".join(
        [f"{word_column(n)} & {mask} = {mask}" for n, mask in words(each.need).items()]
        + [f"{word_column(n)} & {mask} = 0" for n, mask in words(each.forbid).items()]
    )


def _best(act: Callable[[], object], times: int = 5) -> float:
    runs = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        runs.append(time.perf_counter() - started)
    return min(runs)


BENCHMARKS: Mapping[str, Measure] = {
    "decision.one_against_cedar": one_by_one,
    "decision.cohort,decision.cohort_memory": everybody,
    "decision.filter_against_hand": a_file,
}
