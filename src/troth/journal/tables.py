"""The journal's tables: entries, the hashes of complete subtrees above them, signed checkpoints."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata

entry = sa.Table(
    "journal_entry",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(130), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)

node = sa.Table(
    "journal_node",
    metadata,
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)

checkpoint = sa.Table(
    "journal_checkpoint",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

cosignature = sa.Table(
    "journal_cosignature",
    metadata,
    sa.Column("checkpoint", sa.ForeignKey(checkpoint.c.number), primary_key=True),
    sa.Column("witness", sa.String(220), primary_key=True),  # name and key id
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
