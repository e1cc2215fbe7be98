"""Entries written many at once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journal import naive
from tests.support.databases import Databases
from troth.base.errors import InputError
from troth.base.work import Begin, Work
from troth.journal import checkpoint, merkle, service
from troth.journal.model import Signer
from troth.journal.nodes import reader

SIGNER = Signer.from_seed("log.example", bytes(32))
AT = datetime(2026, 3, 2, tzinfo=UTC)

kinds = st.sampled_from(["a.b", "thing.happened"])
refs = st.dictionaries(st.sampled_from(["n", "id"]), st.integers(0, 9) | st.sampled_from(["x", "sub:1"]), max_size=2)
batches = st.lists(st.lists(st.tuples(kinds, refs), max_size=40), max_size=6)


@given(batches)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_appending_all_is_appending_one_by_one(
    databases: Databases, told: list[list[tuple[str, dict[str, str | int]]]]
) -> None:
    held = []
    for at_once in (True, False):
        for engine in databases.sqlite():
            with engine.begin() as connection:
                work = Work(connection, AT, random.Random(1).randbytes)
                for batch in told:
                    if at_once:
                        made = service.append_all(work, batch)
                    else:
                        made = tuple(service.append(work, kind, each) for kind, each in batch)
                    assert [entry.kind for entry in made] == [kind for kind, _ in batch]
                held.append((service.entries(work, 0, 999), service.checkpoint(work, SIGNER)))
                service.verify(work, [SIGNER.vkey])
    assert held[0] == held[1]


@pytest.mark.parametrize("start", [0, 1, 255, 256, 300])
@pytest.mark.parametrize("count", [1, 2, 257, 1200])
def test_roots_and_proofs_hold_over_batches_of_any_size(begin: Begin, start: int, count: int) -> None:
    with begin() as work:
        service.append_all(work, _things(0, start))
        service.append_all(work, _things(start, count))
        size = start + count
        leaves = [entry.leaf for entry in service.entries(work, 0, size)]
        assert len(leaves) == size
        signed = checkpoint.read(service.checkpoint(work, SIGNER))
        assert signed.root == naive.root(leaves)
        assert merkle.root(start, reader(work)) == naive.root(leaves[:start])
        for index in {0, start, size - 1, size // 2}:
            proof = service.inclusion(work, index, size)
            merkle.check_inclusion(merkle.leaf_hash(leaves[index]), index, size, proof, signed.root)
        proof = service.consistency(work, start, size)
        merkle.check_consistency(start, size, naive.root(leaves[:start]), signed.root, proof)
        service.verify(work, [SIGNER.vkey])


def test_nothing_is_written_for_nothing(begin: Begin) -> None:
    with begin() as work:
        assert service.append_all(work, []) == ()
        assert service.size(work) == 0


def test_one_entry_that_is_not_admitted_keeps_all_out(begin: Begin) -> None:
    with begin() as work:
        with pytest.raises(InputError, match="cannot enter"):
            service.append_all(work, [*_things(0, 3), ("a.b", {"who": "li.lei@mail.example"})])
        assert service.size(work) == 0


def test_the_number_of_statements_does_not_grow_with_the_number_of_entries(begin: Begin, engine: sa.Engine) -> None:
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    def statements(start: int, count: int) -> int:
        seen.clear()
        with begin() as work:
            service.append_all(work, _things(start, count))
        return len([text for text in seen if text.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))])

    statements(0, 7)
    few = statements(7, 9)
    assert statements(16, 900) <= few + 2  # an insert of many rows may come in parts


def _things(start: int, count: int) -> list[tuple[str, Mapping[str, str | int]]]:
    return [("thing.happened", {"number": number}) for number in range(start, start + count)]
