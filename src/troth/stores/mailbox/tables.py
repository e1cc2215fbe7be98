"""The tasks of mailbox stores. Whom they are about, and what was answered, lies sealed with the person's key."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata
from troth.journal.rows import tells

task = sa.Table(
    "store_task",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("store", sa.String(80), nullable=False),
    sa.Column("errand", sa.String(40), nullable=False, comment="the request that it is for"),
    sa.Column("act", sa.String(10), nullable=False, comment="look, access, erase or correct"),
    sa.Column("round", sa.Integer, nullable=False, comment="how often the same was asked before on the errand"),
    sa.Column("subject", sa.String(40), nullable=False, index=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("reference", sa.String(16), nullable=False),
    sa.Column("address", sa.String(254), nullable=False, comment="where whoever does it is written to"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("sealed", sa.LargeBinary, comment="what finds the person; gone when the errand is over"),
    sa.Column("told", sa.String(10), comment="the last mail that was sent: task, reminder or late"),
    sa.Column("retry_at", Instant, comment="no mail is tried before; also the lease of a worker that sends one"),
    sa.Column("outcome", sa.String(10), comment="done, refused, or dropped because the errand was over"),
    sa.Column("done_at", Instant),
    sa.Column("by", sa.String(254), comment="who of the staff wrote the answer down"),
    sa.Column("counts", sa.JSON(none_as_null=True), comment="rows by dataset"),
    sa.Column("answer", sa.LargeBinary, comment="what was answered, sealed; gone when the errand is over"),
    sa.Column(
        "entry",
        sa.BigInteger,
        nullable=False,
        comment="index in the journal",
        info=tells("task.opened", reference="task", column="id"),
    ),
    sa.UniqueConstraint("errand", "store", "act", "subject", "round"),
    sa.Index("ix_store_task_outcome_due_at", "outcome", "due_at", "entry"),
)
