from pathlib import Path

import sqlalchemy as sa

from troth.app.database import fold_log, open_engine


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
