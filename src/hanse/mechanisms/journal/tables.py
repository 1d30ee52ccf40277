"""The journal's tables: its entries, its tree, its checkpoints, and what we witness of others.

Of the tree only the nodes of levels 8, 16, ... are stored, as C2SP tiles have it: level 0 is the
leaves of the entries themselves, and what lies between is folded from at most 256 of them. That
is 32 bytes for 255 entries, where a row for each node would be a row for each entry.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from hanse.foundation.store import metadata

# In SQLite a key of the type INTEGER is the row's own number and costs no index.
_POSITION = BigInteger().with_variant(Integer(), "sqlite")

journal_entries = Table(
    "journal_entries",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("retention", String(16), nullable=False, comment="class of retention"),
    Column("entry", LargeBinary, nullable=False, comment="the public bytes of the leaf"),
    Column("details", LargeBinary, comment="what the commitment commits to; null once erased"),
    Column("salt", LargeBinary(32), comment="null once erased"),
    Column("leaf", LargeBinary(32), nullable=False, comment="RFC 9162 leaf hash of the entry"),
    Column("person", LargeBinary(32), comment="keyed digest of the person whose data it was"),
    Column("deferred_until_ms", BigInteger, comment="not shown to the person before"),
    Column("delivery", BigInteger, comment="number of the delivery that it evidences"),
    Index("ix_journal_entries_person_position", "person", "position"),
    Index("ix_journal_entries_delivery", "delivery"),
)

journal_nodes = Table(
    "journal_nodes",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False, comment="of the tile"),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("name", String(8), primary_key=True, comment="always 'journal'"),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

journal_checkpoints = Table(
    "journal_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False, comment="signed by us, as first published"),
    Column("cosigned", LargeBinary, comment="with the cosignatures of a quorum"),
    Column("at_ms", BigInteger, nullable=False),
)

witnessed_logs = Table(
    "witnessed_logs",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("size", BigInteger, nullable=False, comment="the largest that we cosigned"),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("at_seconds", BigInteger, nullable=False, comment="of our last cosignature"),
)

witnessed_checkpoints = Table(
    "witnessed_checkpoints",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("at_seconds", BigInteger, nullable=False, comment="of our first cosignature on it"),
)

witness_alarms = Table(
    "witness_alarms",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), primary_key=True, comment="the root that contradicts ours"),
    Column("held", LargeBinary, nullable=False, comment="the note that we cosigned"),
    Column("shown", LargeBinary, nullable=False, comment="the note that contradicts it"),
    Column("at_ms", BigInteger, nullable=False),
)
