"""A city's cuts and what it carries over; at the house, the cycles and what was submitted."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from hanse.foundation.store import metadata

# Both sides of a pair hash their lines in one order, that of the bytes, whatever a store's locale.
_REFERENCE = String(64).with_variant(String(64, collation="C"), "postgresql")

cuts = Table(
    "clearing_cuts",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="order of this city's cuts"),
    Column("house", String(6), nullable=False),
    Column("after_sequence", BigInteger, nullable=False),
    Column("up_to_sequence", BigInteger, nullable=False),
    Column("cut_at_ms", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False, comment="that the cycle clears"),
    Column("stage", String(9), nullable=False, comment="of collecting: see codes.Stage"),
    Column("at_sequence", BigInteger, nullable=False, comment="transfers up to it are collected"),
    Column("at_account", BigInteger, nullable=False, comment="whose lines are being summed"),
    Column("at_reference", _REFERENCE, comment="up to it; null: nothing of the account yet"),
    Column("result", Text, comment="the house's newest result, as JSON"),
    Column("settled_version", Integer, comment="of the result that was settled and booked"),
    comment="each transfer of this city is in the range of exactly one cut",
)

carried = Table(
    "clearing_carried",
    metadata,
    Column("cycle", String(32), primary_key=True, comment="from which it was left out"),
    Column("account", String(64), primary_key=True),
    Column("reference", _REFERENCE, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("taken_by", String(32), index=True, comment="the later cycle that has it"),
)

lines = Table(
    "clearing_lines",
    metadata,
    Column("cut", Integer, primary_key=True, autoincrement=False, comment="number of the cut"),
    Column("account", BigInteger, primary_key=True, autoincrement=False, comment="its number"),
    Column("reference", _REFERENCE, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False, comment="above zero the other owes it"),
    sqlite_with_rowid=False,
    comment="this city's lines of each cycle",
)

pairs = Table(
    "clearing_pairs",
    metadata,
    Column("cut", Integer, primary_key=True, autoincrement=False, comment="number of the cut"),
    Column("account", BigInteger, primary_key=True, autoincrement=False, comment="its number"),
    Column("account_id", String(64), nullable=False),
    Column("own", String(80), nullable=False),
    Column("other", String(80), nullable=False),
    Column("amount_fen", BigInteger, nullable=False, comment="sum of the lines"),
    Column("lines", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("carry", Boolean, nullable=False, comment="a later cut must take all its lines"),
    Column("taken_by", Integer, comment="number of the cut that has taken them, or is at it"),
    Index(
        "ix_clearing_pairs_carry",
        "cut",
        "account",
        sqlite_where=text("carry"),
        postgresql_where=text("carry"),
    ),
    comment="what this city's lines of a cycle come to, by own and other party",
)

cycles = Table(
    "clearing_cycles",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("cut_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger, comment="when what it waits for is given up"),
    Column("result", Text),
    Column("notes", Text, nullable=False, comment="JSON"),
    comment="at the house",
)

submissions = Table(
    "clearing_submissions",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("document", Text, nullable=False),
)

compared = Table(
    "clearing_compared",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("own", String(80), primary_key=True),
    Column("other", String(80), primary_key=True),
    Column("asked", String(64), index=True, comment="the question for the next page"),
    Column("lines", Text, nullable=False, comment="what has come, as JSON"),
    Column("complete", Boolean, nullable=False),
    comment="at the house: lines of pairs whose sums differ",
)

acknowledgements = Table(
    "clearing_acknowledgements",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("accepted", Boolean, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("pairs", Text, nullable=False, comment="that it disputes, as JSON"),
)
