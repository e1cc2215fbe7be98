"""What workers send one by one: nobody holds what another has, nothing is lost, and pauses grow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.base.outbox import Outbox, pause
from troth.base.schema import Instant

BEGUN = datetime(2026, 3, 2, tzinfo=UTC)
LEASE = timedelta(minutes=10)
ROW = sa.Table(
    "row",
    sa.MetaData(),
    sa.Column("id", sa.String(10), primary_key=True),
    sa.Column("retry_at", Instant),
    sa.Column("sent_at", Instant),
)
OUTBOX = Outbox(ROW.c.id, ROW.c.retry_at, ROW.c.sent_at.is_(None), LEASE)
NAMES = ("a", "b")
STEPS = st.tuples(st.sampled_from(["take", "send", "fail"]), st.sampled_from(NAMES), st.integers(0, 12))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=20))
def test_a_row_is_taken_by_one_until_its_lease_is_over_and_until_it_is_sent(steps: list[tuple[str, str, int]]) -> None:
    engine = sa.create_engine("sqlite://")
    at, free, sent = BEGUN, dict.fromkeys(NAMES, BEGUN), set[str]()
    with engine.begin() as db:
        ROW.create(db)
        db.execute(sa.insert(ROW), [{"id": name} for name in NAMES])
        for what, name, minutes in steps:
            at += timedelta(minutes=minutes)
            due = {one for one in NAMES if one not in sent and free[one] <= at}
            assert set(db.scalars(sa.select(ROW.c.id).where(OUTBOX.due(at)))) == due
            if what == "take":
                assert (db.execute(OUTBOX.take(name, at)).rowcount == 1) is (name in due)
                free[name] = at + LEASE if name in due else free[name]
            elif what == "send":
                db.execute(sa.update(ROW).where(ROW.c.id == name).values(sent_at=at))
                sent.add(name)
            else:
                db.execute(sa.update(ROW).where(ROW.c.id == name).values(retry_at=None))
                free[name] = BEGUN
    engine.dispose()


@given(st.integers(0, 10**6))
def test_pauses_double_and_are_never_longer_than_the_longest(tries: int) -> None:
    first, longest = timedelta(seconds=5), timedelta(hours=4)
    found = pause(tries, first, longest)
    assert first <= found <= longest
    assert pause(tries + 1, first, longest) == (min(found * 2, longest) if tries else found)
