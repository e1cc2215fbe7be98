"""Brings the own database to the shape this version needs."""

from __future__ import annotations

from importlib.resources import as_file, files

import sqlalchemy as sa

from troth.base.errors import InputError, UnavailableError

HEAD = "0001"
"""The newest step; a test holds it to the folder of steps."""

_LOCK = 0x54524F5448  # "TROTH": one process migrates a PostgreSQL database, the others wait


def prepare(engine: sa.Engine) -> None:
    """Migrate to HEAD if the database is not there yet; one process does, others wait for it.

    Raises:
        UnavailableError: the database does not answer.
        InputError: it was made by a newer version of Troth.
    """
    try:
        with engine.begin() as connection:
            if _revision(connection) != HEAD:
                _upgrade(connection)
    except sa.exc.OperationalError:
        raise UnavailableError(
            "database.unavailable", "the own database does not answer", hint="check TROTH_DATABASE_URL and that it runs"
        ) from None


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: sa.Connection) -> None:
    # Imported here: most starts find the database as it should be.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    with as_file(files("troth.app") / "migrations") as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "os")
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise InputError(
                "database.newer", "the own database was made by a newer version of Troth", hint="upgrade Troth"
            ) from None
