"""Tables of subjects: wrapped key, sealed identifiers, facts with their changes and expiries, codes, passkeys."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata

subject = sa.Table(
    "subject",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=True),  # null once shredded
    sa.Column("registered_at", Instant, nullable=False),
    sa.Column("shredded_at", Instant, nullable=True),
)

lookup_key = sa.Table(
    "subject_lookup_key",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # one row; a key of its own, see vault
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
)

identifier = sa.Table(
    "subject_identifier",
    metadata,
    sa.Column("lookup", sa.LargeBinary(32), primary_key=True),
    sa.Column("subject", sa.ForeignKey(subject.c.id), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

fact = sa.Table(
    "subject_fact",
    metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("bit", sa.Integer, nullable=False, unique=True),
)

word = sa.Table(
    "subject_word",
    metadata,
    sa.Column("subject", sa.ForeignKey(subject.c.id), primary_key=True),
    sa.Column("word", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.BigInteger, nullable=False),
)

change = sa.Table(
    "subject_change",
    metadata,
    sa.Column("subject", sa.ForeignKey(subject.c.id), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
)

expiry = sa.Table(
    "subject_expiry",
    metadata,
    sa.Column("subject", sa.ForeignKey(subject.c.id), primary_key=True),
    sa.Column("fact", sa.ForeignKey(fact.c.name), primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
)

code = sa.Table(
    "subject_code",
    metadata,
    sa.Column("lookup", sa.LargeBinary(32), primary_key=True),
    sa.Column("identifier", sa.LargeBinary(32), nullable=False, index=True),  # as in subject_identifier, known or not
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("spent", sa.Boolean, nullable=False),
)

passkey = sa.Table(
    "subject_passkey",
    metadata,
    sa.Column("lookup", sa.LargeBinary(32), primary_key=True, comment="keyed hash of the credential's id"),
    sa.Column("subject", sa.ForeignKey(subject.c.id), nullable=False, index=True),
    sa.Column("id", sa.String(40), nullable=False, unique=True, comment="what the person's own pages call it"),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="the credential's id, its public key, its name"),
    sa.Column("uses", sa.BigInteger, nullable=False, comment="the authenticator's own count, 0 where it keeps none"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
