"""Meetings in every version, papers by content address, points put forward, resolutions."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from hanse.foundation.store import metadata

meetings = Table(
    "conference_meetings",
    metadata,
    Column("meeting", String(47), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("starts_at_ms", BigInteger, nullable=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version, as JSON"),
    Index("ix_conference_meetings_newest", "is_newest", "starts_at_ms"),
)

papers = Table(
    "conference_papers",
    metadata,
    Column("digest", String(72), primary_key=True),
    Column("city", String(6), nullable=False, comment="that gave it"),
    Column("received_at_ms", BigInteger, nullable=False),
)

points = Table(
    "conference_points",
    metadata,
    Column("city", String(6), primary_key=True, comment="that puts the point forward"),
    Column("message_id", String(64), primary_key=True),
    Column("meeting", String(47), nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, accepted, declined"),
    Column("document", Text, nullable=False, comment="the point, as JSON"),
    Column("received_at_ms", BigInteger, nullable=False),
    Index("ix_conference_points_state", "state", "received_at_ms"),
)

asked = Table(
    "conference_asked",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column("meeting", String(47), nullable=False),
    Column("outcome", String(64), comment="accepted, declined, or the refusal's code"),
    Column("reason", Text),
    Column("document", Text, nullable=False, comment="the point, as JSON"),
)

resolutions = Table(
    "conference_resolutions",
    metadata,
    Column("digest", String(72), primary_key=True),
    Column("resolution", String(47), nullable=False),
    Column("meeting", String(47), nullable=False, index=True),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("adopted_at_ms", BigInteger, comment="when this node had seen enough signatures"),
    Column("document", LargeBinary, nullable=False, comment="the signed document's JSON"),
    Index("ix_conference_resolutions_issued", "issued_at_ms", "digest"),
    Index("ix_conference_resolutions_resolution", "resolution"),
)

duties = Table(
    "conference_duties",
    metadata,
    Column("digest", String(72), primary_key=True, comment="of the resolution"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String(64), nullable=False),
)
