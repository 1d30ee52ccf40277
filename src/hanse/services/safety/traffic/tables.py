"""The notices that this city has published or received, and who acknowledged its own."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

notices = Table(
    "traffic_notices",
    metadata,
    Column("notice", String(88), primary_key=True, comment="city code and local number"),
    Column("version", Integer, nullable=False),
    Column("issuer", String(6), nullable=False),
    Column("lifted", Boolean, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False, comment="when this node took the version"),
    Column("document", Text, nullable=False, comment="the newest version, as JSON"),
    Index("ix_traffic_notices_lifted_notice", "lifted", "notice"),
)

versions = Table(
    "traffic_versions",
    metadata,
    Column("notice", String(88), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

receipts = Table(
    "traffic_receipts",
    metadata,
    Column("notice", String(88), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("acknowledged_at_ms", BigInteger, nullable=False),
)
