"""Whether a database still looks as it did: by one statement, which reads no table of the people's."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

# The text of every CREATE is all that SQLite itself knows of its tables.
_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"

# As content, never as row versions: equal shapes in two databases are then equal indeed.
_POSTGRESQL = """
WITH mine AS (
  SELECT c.oid, c.relname, n.nspname FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY (pg_catalog.current_schemas(false)) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
)
SELECT sha256(convert_to(ROW(
  current_schemas(false),
  (SELECT array_agg(ROW(m.nspname, m.relname, a.attnum, a.attname, a.atttypmod, a.attnotnull, t.typname, t.typtype,
      t.typbasetype, t.typtypmod, t.typnotnull) ORDER BY m.nspname, m.relname, a.attnum)
    FROM mine AS m JOIN pg_catalog.pg_attribute AS a ON a.attrelid = m.oid
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid WHERE a.attnum > 0 AND NOT a.attisdropped),
  (SELECT array_agg(ROW(m.nspname, m.relname, k.contype, k.conkey, k.confkey, k.confdeltype,
      k.confrelid::regclass::text) ORDER BY m.nspname, m.relname, k.conname)
    FROM mine AS m JOIN pg_catalog.pg_constraint AS k ON k.conrelid = m.oid WHERE k.contype IN ('p', 'u', 'f')),
  (SELECT array_agg(ROW(m.nspname, m.relname, i.indkey, i.indnkeyatts, i.indisunique, i.indisvalid,
      i.indpred IS NULL, i.indexprs IS NULL) ORDER BY m.nspname, m.relname, i.indexrelid)
    FROM mine AS m JOIN pg_catalog.pg_index AS i ON i.indrelid = m.oid)
)::text, 'UTF8'))
"""

_ASKED: Mapping[str, str] = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}

Shape = tuple[object, ...]
"""Equal for databases in which `read_schema` reads the same."""


def shape(connection: sa.Connection) -> Shape | None:
    """What the database says of its tables, columns, keys and indexes, for comparison only.

    None where to ask that would take as long as to read the schema (MariaDB).
    """
    asked = _ASKED.get(connection.dialect.name)
    if asked is None:
        return None
    return (connection.dialect.name, *(tuple(row) for row in connection.exec_driver_sql(asked)))
