"""Rehearsals and their results."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata

run = sa.Table(
    "drill_run",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("policy", sa.String(100), nullable=False, index=True),
    sa.Column("version_hash", sa.String(80), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

result = sa.Table(
    "drill_result",
    metadata,
    sa.Column("run", sa.ForeignKey("drill_run.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("promise", sa.String(100), nullable=False),
    sa.Column("topic", sa.String(100), nullable=False),
    sa.Column("says", sa.JSON, nullable=False),
    sa.Column("clauses", sa.JSON, nullable=False),
    sa.Column("control", sa.String(100), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("rehearsal", sa.JSON, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
)
