import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.support.databases import Databases
from troth.app.database import open_engine
from troth.app.migrate import HEAD, prepare
from troth.app.tables import declare_all
from troth.base.errors import InputError, UnavailableError
from troth.base.schema import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        server = databases.server()
        server.execute("DROP DATABASE IF EXISTS empty")
        server.execute("CREATE DATABASE empty TEMPLATE template0")
        engine = open_engine(server.url("empty"))
    yield engine
    engine.dispose()


def test_the_steps_lead_to_the_tables_that_the_packages_declare(empty: sa.Engine) -> None:
    prepare(empty)
    declare_all()
    with empty.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_second_start_changes_nothing(empty: sa.Engine) -> None:
    prepare(empty)
    before = sorted(sa.inspect(empty).get_table_names())
    prepare(empty)
    assert sorted(sa.inspect(empty).get_table_names()) == before


def test_a_database_of_a_newer_version_is_refused(empty: sa.Engine) -> None:
    prepare(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError) as newer:
        prepare(empty)
    assert newer.value.code == "database.newer"


def test_a_database_that_does_not_answer_is_said_so() -> None:
    engine = open_engine("postgresql+psycopg://nobody@/none?host=/nonexistent")
    with pytest.raises(UnavailableError) as down:
        prepare(engine)
    assert down.value.code == "database.unavailable"


def test_the_head_is_the_newest_step() -> None:
    steps = [path.name for path in (files("troth.app") / "migrations" / "versions").iterdir()]
    numbers = [match[0] for name in steps if (match := re.match(r"\d{4}", name))]
    assert max(numbers) == HEAD
