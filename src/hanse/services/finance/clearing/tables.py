"""A city's cuts and what it carries over; at the house, the cycles and what was submitted."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from hanse.foundation.store import metadata

cuts = Table(
    "clearing_cuts",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="order of this city's cuts"),
    Column("house", String(6), nullable=False),
    Column("after_sequence", BigInteger, nullable=False),
    Column("up_to_sequence", BigInteger, nullable=False),
    Column("cut_at_ms", BigInteger, nullable=False),
    Column("result", Text, comment="the house's newest result, as JSON"),
    Column("settled_version", Integer, comment="of the result that was settled and booked"),
    comment="each transfer of this city is in the range of exactly one cut",
)

carried = Table(
    "clearing_carried",
    metadata,
    Column("cycle", String(32), primary_key=True, comment="from which it was left out"),
    Column("account", String(64), primary_key=True),
    Column("reference", String(64), primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("taken_by", String(32), index=True, comment="the later cycle that has it"),
)

lines = Table(
    "clearing_lines",
    metadata,
    Column("cycle", String(32), primary_key=True),
    Column("own", String(80), primary_key=True),
    Column("other", String(80), primary_key=True),
    Column("reference", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False, comment="above zero the other owes it"),
    comment="this city's lines of a cycle, kept until it is settled",
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
)
