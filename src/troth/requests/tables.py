"""The tables of requests. No column holds personal data in the clear: packages are sealed with the person's key."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata
from troth.journal.rows import tells

request = sa.Table(
    "request",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    sa.Column("subject", sa.String(40), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("audience", sa.String(200), comment="the rule set whose rules hold for it"),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("act_at", Instant, comment="end of the cooling-off period"),
    sa.Column("due_at", Instant, comment="the strictest deadline"),
    sa.Column("blocked", sa.String(80), comment="code of what keeps it from going on, or ended it"),
    sa.Column("closed_at", Instant),
    sa.Column("waits_since", Instant, comment="since when it is the person's turn"),
    sa.Column("attempts", sa.Integer, nullable=False, comment="how often it was blocked in a row"),
    sa.Column("retry_at", Instant, comment="a blocked request is tried again from then on"),
    sa.Column("asked_at", Instant, comment="when a worker was last asked to run it, or last made progress"),
    sa.Index("ix_request_state_opened_at", "state", "opened_at", "id"),
    sa.Index("ix_request_opened_at_id", "opened_at", "id"),
    # One open request of a kind for a person: the database holds the rule, whatever happens at the same time.
    sa.Index(
        "uq_request_open",
        "subject",
        "kind",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

request_event = sa.Table(
    "request_event",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("code", sa.String(80)),
    sa.Column("by", sa.String(254), comment="who of the staff did it; not in the journal"),
    sa.Column(
        "entry",
        sa.BigInteger,
        nullable=False,
        comment="index in the journal",
        info=tells("request.*", but=("request.certified",), reference="request", column="request"),
    ),
)

request_deadline = sa.Table(
    "request_deadline",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("clause", sa.String(120), primary_key=True),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("period", sa.String(40), nullable=False),
    sa.Column("due_at", Instant, nullable=False, index=True),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("stage", sa.String(20), nullable=False),
    sa.Column("pausable", sa.String(40), nullable=False, comment="what time stands still for, separated by colons"),
    sa.Column("extended", sa.Boolean, nullable=False),
    sa.Column("paused_at", Instant),
    sa.Column("warned_at", Instant, comment="when staff were last warned of it"),
    sa.Column("met_at", Instant),
    sa.Column("missed_at", Instant),
)

request_text = sa.Table(
    "request_text",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(20), nullable=False, comment="what was said: details, question, reply, reason, answer"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

request_party = sa.Table(
    "request_party",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("who", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="name and contact of whoever asks for the person"),
    sa.Column("shown", sa.String(80), nullable=False, comment="the proofs that were seen, separated by colons"),
    sa.Column("seen_at", Instant),
)

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False),
    sa.Column("about", sa.String(20), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("retry_at", Instant),
    sa.Column("sent_at", Instant),
    sa.Index("ix_letter_sent_at_at", "sent_at", "at"),
)

hold = sa.Table(
    "hold",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("subject", sa.String(40), nullable=False, index=True),
    sa.Column("reason", sa.String(500), nullable=False, comment="the matter, such as a court's file number"),
    sa.Column("by", sa.String(254), nullable=False),
    sa.Column("placed_at", Instant, nullable=False),
    sa.Column("released_at", Instant),
    sa.Column("released_by", sa.String(254)),
    sa.Column("entry", sa.BigInteger, nullable=False, info=tells("hold.placed", reference="hold", column="id")),
)

request_store = sa.Table(
    "request_store",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("store", sa.String(80), primary_key=True),
    sa.Column("expected", sa.JSON, nullable=False, comment="rows by dataset, counted before the first write"),
    sa.Column("outcome", sa.JSON(none_as_null=True), comment="what erasing said, by dataset"),
    sa.Column("remaining", sa.JSON(none_as_null=True), comment="rows by dataset, counted after the last write"),
)

request_certificate = sa.Table(
    "request_certificate",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="canonical JSON without personal data"),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

package = sa.Table(
    "package",
    metadata,
    sa.Column("request", sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, comment="removed when it expires"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("collected_at", Instant, comment="first time the person fetched it"),
    sa.Column("found", sa.Integer, comment="rows of the stores in it"),
)

agent = sa.Table(
    "agent",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True, comment="as the directory of agents has it"),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("contact", sa.String(254), nullable=False, comment="where the agent is written to"),
    sa.Column("verify_key", sa.LargeBinary(32), nullable=False, comment="Ed25519 public key"),
    sa.Column("callbacks", sa.String(200), comment="origin that status is sent to; none: it is never sent"),
    sa.Column("listed_at", Instant, nullable=False),
    sa.Column("token", sa.LargeBinary(32), unique=True, comment="SHA-256 of the bearer token that holds now"),
)

agent_message = sa.Table(
    "agent_message",
    metadata,
    sa.Column("digest", sa.LargeBinary(32), primary_key=True, comment="SHA-256 of a signed message that was taken"),
    sa.Column("expires_at", Instant, nullable=False, index=True, comment="from then on the message itself is refused"),
)

agent_request = sa.Table(
    "agent_request",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("agent", sa.String(80), nullable=False),
    sa.Column("agent_reference", sa.String(200), comment="the agent's own name of the request"),
    sa.Column("content", sa.LargeBinary(32), nullable=False, comment="keyed hash of what was asked for whom"),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("expected_by", Instant, nullable=False, comment="by what the policy promises to everybody"),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("request", sa.ForeignKey("request.id"), index=True, comment="none: denied, or nobody was told apart"),
    sa.Column("joined", sa.Boolean, nullable=False, comment="whether somebody else had asked for the same before"),
    sa.Column("denied", sa.String(30), comment="why nothing was opened, in the protocol's words"),
    sa.Column("revoked_at", Instant),
    sa.Column("callback", sa.String(500), comment="an address of the agent"),
    sa.Column("told", sa.Integer, nullable=False, comment="the last step of the request that the agent was told of"),
    sa.Column("retry_at", Instant),
    sa.UniqueConstraint("agent", "agent_reference"),
)
