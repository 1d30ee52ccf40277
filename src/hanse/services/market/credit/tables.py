"""The credit records of this city, the joint list, and applications for repair."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

records = Table(
    "credit_records",
    metadata,
    Column("source_city", String(6), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    Column("subject", String(18), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False, comment="the newest version, as JSON"),
    Column("changed_at_ms", BigInteger, nullable=False),
)

copies = Table(
    "credit_copies",
    metadata,
    Column("source_city", String(6), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False, comment="as its source last said"),
    Column("seen_at_ms", BigInteger, nullable=False),
    comment="records of other cities that this one has been shown",
)

list_entries = Table(
    "credit_list_entries",
    metadata,
    Column("source_city", String(6), primary_key=True),
    Column("entry_id", String(64), primary_key=True),
    Column("subject", String(18), nullable=False, index=True),
    Column("document", Text, nullable=False),
)

successions = Table(
    "credit_successions",
    metadata,
    Column("predecessor", String(18), primary_key=True),
    Column("successor", String(18), primary_key=True),
    Column("document", Text, nullable=False),
    Index("ix_credit_successions_successor", "successor"),
)

repairs = Table(
    "credit_repairs",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("record_id", String(64), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("due_on", String(10), comment="the day by which the next step is due"),
    Column("document", Text, nullable=False, comment="the application and its steps, as JSON"),
)
