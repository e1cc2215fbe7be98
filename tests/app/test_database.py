from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from troth.app.database import fold_log, open_engine, reading


def test_what_was_overwritten_does_not_stay_in_the_write_ahead_log(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE secret (value TEXT)")
        connection.exec_driver_sql("INSERT INTO secret VALUES ('wrapped-key-of-somebody')")
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM secret")
    files = list(tmp_path.iterdir())
    assert any(b"wrapped-key-of-somebody" in path.read_bytes() for path in files)
    fold_log(engine)
    assert not any(b"wrapped-key-of-somebody" in path.read_bytes() for path in files if path.exists())
    engine.dispose()


def test_a_transaction_takes_the_write_lock_when_it_begins(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.db'}")
    impatient = sa.create_engine(f"sqlite:///{tmp_path / 'own.db'}", connect_args={"timeout": 0}, poolclass=sa.NullPool)
    with engine.begin(), impatient.connect() as other:
        try:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            locked = False
        except sa.exc.OperationalError:
            locked = True
    engine.dispose()
    assert locked


def test_a_commit_is_on_disk_when_it_returns_and_erased_rows_are_overwritten(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.db'}")
    with engine.connect() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    full = 2  # the log is flushed to the disk at every commit: https://www.sqlite.org/pragma.html#pragma_synchronous
    assert found == {"journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "secure_delete": 1}


@pytest.fixture
def counted(engine: sa.Engine, tmp_path: Path) -> Iterator[sa.Engine]:
    """The engine that the application opens, with a table of one row."""
    opened = open_engine(engine.url.render_as_string(hide_password=False))
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counted (number INTEGER)")
        connection.exec_driver_sql("INSERT INTO counted VALUES (1)")
    yield opened
    opened.dispose()


def test_a_reader_waits_for_no_writer_and_sees_one_state(counted: sa.Engine) -> None:
    query = "SELECT sum(number) FROM counted"
    with counted.begin() as writer:
        writer.exec_driver_sql("INSERT INTO counted VALUES (1)")
        with reading(counted) as reader:
            assert reader.exec_driver_sql(query).scalar() == 1
    with reading(counted) as reader:
        assert reader.exec_driver_sql(query).scalar() == 2


def test_no_writer_waits_for_a_reader(counted: sa.Engine) -> None:
    with reading(counted) as reader:
        assert reader.exec_driver_sql("SELECT sum(number) FROM counted").scalar() == 1
        with counted.begin() as writer:
            writer.exec_driver_sql("INSERT INTO counted VALUES (1)")


def test_a_reader_cannot_write_and_the_next_user_of_its_connection_can(counted: sa.Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError), reading(counted) as reader:
        reader.exec_driver_sql("INSERT INTO counted VALUES (1)")
    for _ in range(8):
        with counted.begin() as writer:
            writer.exec_driver_sql("INSERT INTO counted VALUES (1)")
    with reading(counted) as reader:
        assert reader.exec_driver_sql("SELECT sum(number) FROM counted").scalar() == 9
