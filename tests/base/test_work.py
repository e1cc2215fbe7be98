from __future__ import annotations

import random
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from troth.base.clock import SettableClock
from troth.base.work import Begin, Entropy


def test_a_unit_of_work_carries_one_instant(begin: Begin, clock: SettableClock) -> None:
    with begin() as work:
        clock.set(datetime(2026, 3, 3, tzinfo=UTC))
        assert work.at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        assert work.db.execute(sa.text("select 1")).scalar() == 1


def test_a_unit_of_work_commits_at_its_end_and_rolls_back_on_an_exception(begin: Begin, engine: sa.Engine) -> None:
    notes = sa.Table("test_notes", sa.MetaData(), sa.Column("text", sa.String(20)))
    notes.create(engine)
    with begin() as work:
        work.db.execute(notes.insert().values(text="kept"))
    with pytest.raises(ZeroDivisionError):
        _fail_after_writing(begin, notes)
    with begin() as work:
        assert work.db.execute(sa.select(notes.c.text)).scalars().all() == ["kept"]


def _fail_after_writing(begin: Begin, notes: sa.Table) -> None:
    with begin() as work:
        work.db.execute(notes.insert().values(text="lost"))
        assert 1 / 0


def test_an_id_is_short_lower_case_and_safe_in_a_url(begin: Begin) -> None:
    with begin() as work:
        ids = [work.new_id("req") for _ in range(200)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"req-[a-z2-7]{16}", one) for one in ids)


def test_the_same_randomness_gives_the_same_ids(entropy: Entropy) -> None:
    assert entropy(10) == random.Random(20260302).randbytes(10)
