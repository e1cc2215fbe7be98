"""The table of published versions; rows are written once and never changed."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata
from troth.journal.rows import tells

version = sa.Table(
    "policy_version",
    metadata,
    sa.Column("id", sa.String(90), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(80), nullable=False),
    sa.Column("maps_hash", sa.String(80), nullable=False),
    sa.Column("policy", sa.Text, nullable=False),  # canonical JSON of Policy.value
    sa.Column("maps", sa.Text, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("published_by", sa.String(254), nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False, info=tells("policy.published", reference="version", column="id")),
    sa.UniqueConstraint("name", "number"),
)
