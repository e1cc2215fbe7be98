from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.base.schema import Instant, metadata

POSTGRESQL, SQLITE = (sa.make_url(f"{name}://").get_dialect()() for name in ("postgresql+psycopg", "sqlite"))

OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Within the years that both databases can hold in any zone.
INSTANTS = st.builds(
    lambda seconds, micros, zone: (
        datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=micros)
    ).astimezone(zone),
    st.integers(-(10**9), 4 * 10**9),
    st.integers(0, 999_999),
    OFFSETS,
)


def moments() -> sa.Table:
    return sa.Table(
        "test_moments", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", Instant)
    )


def test_an_instant_comes_back_from_the_database_as_the_same_instant_in_utc(engine: sa.Engine) -> None:
    table = moments()
    table.create(engine)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(INSTANTS)
    def holds(at: datetime) -> None:
        with engine.begin() as connection:
            connection.execute(table.delete())
            connection.execute(table.insert().values(id=1, at=at))
            found = connection.execute(sa.select(table.c.at)).scalar_one()
            assert connection.execute(sa.select(table.c.id).where(table.c.at == at)).scalar_one() == 1
        assert found == at
        assert found.tzinfo is UTC

    holds()


def test_no_instant_stays_none(engine: sa.Engine) -> None:
    table = moments()
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert().values(id=1, at=None))
        assert connection.execute(sa.select(table.c.at)).scalar_one() is None


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 3, 2), SQLITE)  # noqa: DTZ001 (the fault under test)


@given(INSTANTS, OFFSETS)
def test_the_zone_of_the_database_session_never_shows(at: datetime, session: timezone) -> None:
    found = Instant().process_result_value(at.astimezone(session), POSTGRESQL)
    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


def test_constraints_are_named_so_that_migrations_can_find_them() -> None:
    assert set(metadata.naming_convention) == {"ix", "uq", "ck", "fk", "pk"}
