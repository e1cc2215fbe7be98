"""Answers that were given under a key, so that the same request is answered the same and done once."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata

answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("found_by", sa.LargeBinary(32), primary_key=True, comment="keyed hash of the program and its key"),
    sa.Column("request", sa.LargeBinary(32), nullable=False, comment="keyed hash of the body it came with"),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False, comment="ids and places in the journal, nothing of the person"),
    sa.Column("at", Instant, nullable=False, index=True),
)
