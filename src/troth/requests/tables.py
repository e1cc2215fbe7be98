"""The tables of requests. No column holds personal data in the clear: packages are sealed with the person's key."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata
from troth.journal.rows import tells

_OPEN, _MISSED = sa.text("closed_at IS NULL"), sa.text("missed_at IS NOT NULL")


def _of_request() -> sa.Column[str]:
    """The column that says of which request a row is, and that is its key, or the first part of it."""
    return sa.Column("request", sa.ForeignKey("request.id"), primary_key=True)


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
    sa.Column("assignee", sa.String(254), comment="who of the staff looks after it"),
    sa.Index("ix_request_state_opened_at", "state", "opened_at", "id"),
    sa.Index("ix_request_kind_opened_at", "kind", "opened_at", "id"),
    sa.Index("ix_request_state_kind_opened_at", "state", "kind", "opened_at", "id"),
    sa.Index("ix_request_assignee_opened_at", "assignee", "opened_at", "id"),
    sa.Index("ix_request_state_closed_at", "state", "closed_at", "kind", "opened_at"),
    sa.Index("ix_request_open_due", "due_at", "id", "state", "blocked", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index("ix_request_opened_at_id", "opened_at", "id"),
    # One open request of a kind for a person: the database holds the rule, whatever happens at the same time.
    sa.Index(
        "uq_request_open",
        "subject",
        "kind",
        unique=True,
        # Two corrections are two wishes.
        sqlite_where=sa.text("closed_at IS NULL AND kind <> 'correction'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind <> 'correction'"),
    ),
)

request_event = sa.Table(
    "request_event",
    metadata,
    _of_request(),
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
    _of_request(),
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
    sa.Index("ix_request_deadline_clause", "clause"),
    sa.Index("ix_request_deadline_missed", "request", sqlite_where=_MISSED, postgresql_where=_MISSED),
)

request_proposal = sa.Table(
    "request_proposal",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False, index=True),
    sa.Column("act", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="what goes with the act, such as the reason"),
    sa.Column("by", sa.String(254), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("stand", sa.Integer, nullable=False, comment="the last step of the request that was seen"),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(10), comment="approved, declined, expired; none: it waits for a second person"),
    sa.Column("decided_by", sa.String(254)),
    sa.Column("decided_at", Instant),
    # One that waits, of an act on a request: the database holds the rule, whatever happens at the same time.
    sa.Index(
        "uq_request_proposal_waiting",
        "request",
        "act",
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    ),
)

staff_look = sa.Table(
    "staff_look",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("what", sa.String(20), nullable=False, comment="a search for a person, or a list that was taken away"),
    sa.Column("by", sa.String(254), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("found", sa.Integer, nullable=False, comment="requests that were shown"),
    sa.Column("entry", sa.BigInteger, nullable=False, info=tells("staff.*", reference="look", column="id")),
)

request_text = sa.Table(
    "request_text",
    metadata,
    _of_request(),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(20), nullable=False, comment="what was said: details, question, reply, reason, answer"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

request_party = sa.Table(
    "request_party",
    metadata,
    _of_request(),
    sa.Column("who", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="name and contact of whoever asks for the person"),
    sa.Column("shown", sa.String(80), nullable=False, comment="the proofs that were seen, separated by colons"),
    sa.Column("seen_at", Instant),
    sa.Column("asker", sa.String(40), index=True, comment="the subject who asks, signed in; none: outside our pages"),
    sa.Column("named", sa.LargeBinary(32), index=True, comment="keyed hash of what the person was named by"),
    sa.Column("stands_in", sa.Boolean, nullable=False, index=True, comment="not proved whose it is"),
)

request_identity = sa.Table(
    "request_identity",
    metadata,
    _of_request(),
    sa.Column("points", sa.Integer, nullable=False, comment="how many data points must match"),
    sa.Column("needed", sa.String(80), nullable=False, comment="what has to be shown, separated by colons"),
    sa.Column("shown", sa.String(80), nullable=False, comment="what of it was shown"),
    sa.Column("tries", sa.Integer, nullable=False, comment="how often data points were sent in"),
)

request_evidence = sa.Table(
    "request_evidence",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False, index=True),
    sa.Column("sort", sa.String(20), nullable=False, index=True, comment="points, declaration, document"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("media_type", sa.String(40), comment="of a document, as its content says"),
    sa.Column("size", sa.Integer, nullable=False, comment="bytes before sealing"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)

identity_try = sa.Table(
    "identity_try",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("person", sa.LargeBinary(32), nullable=False, index=True, comment="keyed hash of whom it was about"),
    sa.Column("at", Instant, nullable=False, index=True),
)

request_fee = sa.Table(
    "request_fee",
    metadata,
    _of_request(),
    sa.Column("amount", sa.String(12), nullable=False, comment="what it costs at the most"),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("stated_at", Instant, nullable=False),
    sa.Column("by", sa.String(254), nullable=False),
    sa.Column("accepted_at", Instant),
    sa.Column("paid_at", Instant),
)

request_about = sa.Table(
    "request_about",
    metadata,
    _of_request(),
    sa.Column("about", sa.ForeignKey("request.id"), primary_key=True, index=True),
)

request_kept = sa.Table(
    "request_kept",
    metadata,
    _of_request(),
    sa.Column("part", sa.String(200), primary_key=True, comment="a data set or an item"),
    sa.Column("ground", sa.String(200), nullable=False, comment="the clause of the policy"),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(254), nullable=False),
)

request_verdict = sa.Table(
    "request_verdict",
    metadata,
    _of_request(),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(254), nullable=False),
)

disclosure = sa.Table(
    "disclosure",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("subject", sa.String(40), nullable=False),
    sa.Column("recipient", sa.String(120), nullable=False),
    sa.Column("items", sa.JSON, nullable=False, comment="ids of what was passed on"),
    sa.Column("purpose", sa.String(120), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column(
        "entry", sa.BigInteger, nullable=False, info=tells("disclosure.made", reference="disclosure", column="id")
    ),
    sa.Index("ix_disclosure_subject_at", "subject", "at"),
)

parcel = sa.Table(
    "parcel",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True, comment="the stand-in under whose key it is sealed"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
)

tombstone = sa.Table(
    "tombstone",
    metadata,
    sa.Column("lookup", sa.LargeBinary(32), primary_key=True, comment="keyed hash of an identifier of who was erased"),
    sa.Column("request", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("erased_at", Instant, nullable=False, index=True),
)

recipient_notice = sa.Table(
    "recipient_notice",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False),
    sa.Column("recipient", sa.String(120), nullable=False),
    sa.Column("items", sa.JSON, nullable=False, comment="ids of what the recipient got"),
    sa.Column("parcel", sa.String(40), comment="whom it is about; none: staff tell the recipient by hand"),
    sa.Column("token", sa.LargeBinary(32), unique=True, comment="SHA-256 of what the link for the answer ends with"),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.Column("next_at", Instant, index=True, comment="when it is told, or reminded, next; none: not by itself"),
    sa.Column("reminders", sa.Integer, nullable=False),
    sa.Column("answer", sa.String(20), comment="what the recipient said that it did; none: nothing yet"),
    sa.Column("answered_at", Instant),
    sa.Column("by", sa.String(254), comment="who of the staff took the answer down; none: the recipient itself"),
    sa.Column("entry", sa.BigInteger, nullable=False, info=tells("recipient.asked", reference="notice", column="id")),
    sa.UniqueConstraint("request", "recipient"),
)

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("parcel", sa.String(40), comment="the address, where the person's key is destroyed"),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False, index=True),
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
    _of_request(),
    sa.Column("store", sa.String(80), primary_key=True),
    sa.Column("expected", sa.JSON, nullable=False, comment="rows by dataset, counted before the first write"),
    sa.Column("outcome", sa.JSON(none_as_null=True), comment="what erasing said, by dataset"),
    sa.Column("remaining", sa.JSON(none_as_null=True), comment="rows by dataset, counted after the last write"),
)

request_chunk = sa.Table(
    "request_chunk",
    metadata,
    _of_request(),
    sa.Column("store", sa.String(80), primary_key=True),
    sa.Column("dataset", sa.String(200), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False, comment="erased so far in transactions of their own"),
    sa.Column("at", Instant, nullable=False),
)

request_seed = sa.Table(
    "request_seed",
    metadata,
    _of_request(),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="identifiers that stores gave before the first write"),
    sa.Column("unclear", sa.JSON, nullable=False, comment="by kind, identifiers that could mean somebody else as well"),
    sa.Column("at", Instant, nullable=False),
)

request_change = sa.Table(
    "request_change",
    metadata,
    _of_request(),
    sa.Column("item", sa.String(120), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("why", sa.String(80), comment="code of why somebody has to look at it, or ground of its refusal"),
    sa.Column("round", sa.Integer, comment="with which others it was carried out"),
    sa.Column("by", sa.String(254), comment="who of the staff decided"),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="the old values and the new one"),
)

request_correction = sa.Table(
    "request_correction",
    metadata,
    _of_request(),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("store", sa.String(80), primary_key=True),
    sa.Column("expected", sa.JSON, nullable=False, comment="fields by dataset, counted before the first write"),
    sa.Column("outcome", sa.JSON(none_as_null=True), comment="what correcting said, by field"),
    sa.Column("clean", sa.Boolean, nullable=False, comment="looked at again: every field holds the new value"),
)

request_certificate = sa.Table(
    "request_certificate",
    metadata,
    _of_request(),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="canonical JSON without personal data"),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

package = sa.Table(
    "package",
    metadata,
    _of_request(),
    sa.Column("id", sa.String(40), nullable=False),
    sa.Column("parts", sa.Integer, comment="how many; none once they are deleted"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("collected_at", Instant, comment="first time the person fetched it"),
    sa.Column("found", sa.Integer, comment="rows of the stores in it"),
)

package_part = sa.Table(
    "package_part",
    metadata,
    sa.Column("package", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("request", sa.ForeignKey("request.id"), nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
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

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("secret", sa.String(300), nullable=False, comment="a reference to it, never itself"),
    sa.Column("kinds", sa.String(500), nullable=False, comment="which kinds of entries it is told, by spaces"),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False, comment="entries of the journal that were looked at for it"),
    sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
    sa.Column("rest_until", Instant, comment="after a failure it is left alone until then"),
    sa.Column("ended_at", Instant, comment="removed, or it said that it is gone"),
)

webhook_message = sa.Table(
    "webhook_message",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("webhook", sa.ForeignKey("webhook.id"), nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False, comment="index in the journal of what it tells"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Instant, comment="tried again from then on; also the lease of a worker that sends it"),
    sa.Column("failed", sa.String(40), comment="what the last attempt came to"),
    sa.Column("sent_at", Instant),
    sa.Column("dead_at", Instant, comment="given up"),
    sa.UniqueConstraint("webhook", "number"),
    sa.Index("ix_webhook_message_waiting", "webhook", "sent_at", "dead_at", "retry_at"),
)

controller = sa.Table(
    "controller",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("names", sa.JSON, nullable=False, comment="what people call it, by language"),
    sa.Column("key", sa.String(300), nullable=False, comment="the verifier string of its journal"),
    sa.Column("url", sa.String(500), comment="where packages are sent; none: nobody may have theirs sent there"),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
)

transfer = sa.Table(
    "transfer",
    metadata,
    _of_request(),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    sa.Column("controller", sa.ForeignKey("controller.id"), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, comment="asked, packed, sent, refused or failed"),
    sa.Column("packed_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Instant, comment="tried again from then on; also the lease of a worker that sends it"),
    sa.Column("why", sa.String(80), comment="what the last attempt came to"),
    sa.Column("digest", sa.String(80)),
    sa.Column("receipt", sa.Text, comment="the receiver's signed note"),
    sa.Column("ended_at", Instant),
    sa.Index("ix_transfer_state_retry_at", "state", "retry_at"),
)

arrival = sa.Table(
    "arrival",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True, comment="as the sender named it"),
    sa.Column("controller", sa.ForeignKey("controller.id"), primary_key=True, comment="who sent it"),
    sa.Column("subject", sa.String(40), nullable=False, index=True),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("sealed", sa.LargeBinary, comment="the package; gone when it was taken in or its time is over"),
    sa.Column("receipt", sa.Text, nullable=False, comment="our signed note"),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("ended_at", Instant),
    sa.Column("taken_by", sa.String(254), comment="who of the staff took it in"),
)
