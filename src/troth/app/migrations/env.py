"""Alembic's entry: runs on the connection that `app.migrate` hands over, inside its transaction."""

from alembic import context

from troth.app.tables import declare_all
from troth.base.schema import metadata

declare_all()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
