"""Sign-in sessions. A row is useless without the token that only the browser holds: it finds and opens the row."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.schema import Instant, metadata

web_session = sa.Table(
    "web_session",
    metadata,
    sa.Column("found_by", sa.String(64), primary_key=True, comment="hash of the token, in hexadecimal"),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="who it is, readable with the token only"),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True, comment="idle or whole lifetime, whichever is first"),
)
