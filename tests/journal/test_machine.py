"""The journal against a plain list, through any sequence of writing, failing, signing and changing keys."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journal import naive, stranger
from tests.support.databases import Databases
from troth.base.work import Work
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, service
from troth.journal.model import Signer

START = datetime(2026, 3, 2, tzinfo=UTC)
SIGNERS = [Signer.from_seed("log.example", bytes([number] * 32)) for number in range(2)]
KEYS = [signer.vkey for signer in SIGNERS]

moves = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 9)),
        st.tuples(st.just("fail"), st.integers(1, 3)),
        st.tuples(st.just("sign"), st.integers(0, 1)),
    ),
    max_size=14,
)


class Log:
    """One log and what it must hold."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.leaves: list[bytes] = []
        self.signed: list[str] = []
        self._minutes = 0

    def append(self, count: int) -> None:
        with self.engine.begin() as connection:
            self.leaves += [service.append(self._work(connection), "a.b", {"n": n}).leaf for n in range(count)]

    def fail(self, count: int) -> None:
        with self.engine.connect() as connection, connection.begin() as transaction:
            for number in range(count):
                service.append(self._work(connection), "a.b", {"n": number})
            transaction.rollback()

    def sign(self, which: int) -> None:
        with self.engine.begin() as connection:
            made = service.checkpoint(self._work(connection), SIGNERS[which])
        if not self.signed or made != self.signed[-1]:
            self.signed.append(made)

    def check(self) -> None:
        with self.engine.begin() as connection:
            work = self._work(connection)
            held = service.entries(work, 0, len(self.leaves) + 1)
            assert [entry.leaf for entry in held] == self.leaves
            assert service.verify(work, KEYS).checkpoints == len(self.signed)
            claims = [checkpoints.read(each) for each in self.signed]
            assert [claim.size for claim in claims] == sorted(claim.size for claim in claims)
            for older, newer in pairwise(claims):
                proof = service.consistency(work, older.size, newer.size)
                merkle.check_consistency(older.size, newer.size, older.root, newer.root, proof)
            for claim in claims:
                assert naive.root(self.leaves[: claim.size]) == claim.root
            if self.signed:
                files: dict[str, bytes] = {}
                service.export(work, files.__setitem__)
                key = next(key for key in KEYS if _is_by(self.signed[-1], key))
                assert stranger.leaves(files, key) == self.leaves[: claims[-1].size]

    def _work(self, connection: sa.Connection) -> Work:
        self._minutes += 1
        return Work(connection, START + timedelta(minutes=self._minutes), random.Random(self._minutes).randbytes)


def _is_by(signed: str, vkey: str) -> bool:
    try:
        stranger.checkpoint(signed, vkey)
    except AssertionError:
        return False
    return True


@given(moves)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_journal_is_an_append_only_list_that_anybody_can_verify(
    databases: Databases, made: list[tuple[str, int]]
) -> None:
    for engine in databases.sqlite():
        log = Log(engine)
        for move, number in made:
            {"append": log.append, "fail": log.fail, "sign": log.sign}[move](number)
        log.check()


def test_a_stranger_verifies_a_log_of_several_tiles(databases: Databases) -> None:
    for engine in databases.sqlite():
        log = Log(engine)
        log.append(530)
        log.sign(0)
        log.check()
