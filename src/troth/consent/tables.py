"""The ledger: events, acceptances and what people were told are written once and never changed.

Texts that were shown, and what they were about, are kept by their hash (`consent_prompt`).
"""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata
from troth.journal.rows import tells

prompt = sa.Table(
    "consent_prompt",
    metadata,
    sa.Column("hash", sa.String(80), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

event = sa.Table(
    "consent_event",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("subject", sa.ForeignKey("subject.id"), nullable=False, index=True),
    sa.Column("function", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("grade", sa.String(20), nullable=False),
    sa.Column("version", sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("version_hash", sa.String(80), nullable=False),
    sa.Column("prompt", sa.ForeignKey(prompt.c.hash), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("interface", sa.String(100), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column(
        "entry",
        sa.BigInteger,
        nullable=False,
        unique=True,
        info=tells("consent.*", reference="event", column="id"),
    ),
    sa.Column("terms", sa.ForeignKey(prompt.c.hash), nullable=False),
    sa.Column("verification", sa.String(100), nullable=True),
    sa.Column("reason", sa.String(100), nullable=True),
    sa.Column("until", Instant, nullable=True),
)

acceptance = sa.Table(
    "consent_acceptance",
    metadata,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False, info=tells("version.accepted")),
    sa.Column("document", sa.String(20), primary_key=True),
    sa.Column("subject", sa.ForeignKey("subject.id"), nullable=False),
    sa.Column("policy", sa.String(64), nullable=False),
    sa.Column("version", sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("interface", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "subject", "policy", "document"),
)

told = sa.Table(
    "consent_told",
    metadata,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False, info=tells("version.told")),
    sa.Column("subject", sa.ForeignKey("subject.id"), nullable=False),
    sa.Column("version", sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "subject", "version"),
)
