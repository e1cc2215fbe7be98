from datetime import UTC, datetime

import sqlalchemy as sa

from troth.base.work import Begin


def test_the_database_answers(begin: Begin) -> None:
    with begin() as work:
        assert work.db.execute(sa.text("select 1")).scalar() == 1
        assert work.at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
