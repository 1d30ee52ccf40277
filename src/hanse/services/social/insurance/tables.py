"""Medical insurance of a city: as the insuring one, and as the treating one."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

enrolments = Table(
    "insurance_enrolments",
    metadata,
    Column("person", String(18), primary_key=True),
    Column("scheme", String(3), primary_key=True),
    Column("valid_from", String(10), primary_key=True),
    Column("valid_to", String(10)),
    Column("account_fen", BigInteger, nullable=False),
)

filings = Table(
    "insurance_filings",
    metadata,
    Column("filing_id", String(64), primary_key=True),
    Column("person", String(18), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("city", String(6), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_to", String(10)),
)

policies = Table(
    "insurance_policies",
    metadata,
    Column("scheme", String(3), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("effective_from", String(10), nullable=False),
    Column("document", Text, nullable=False),
)

settlements = Table(
    "insurance_settlements",
    metadata,
    Column("claim", String(32), primary_key=True),
    Column("person", String(18), nullable=False),
    Column("scheme", String(3), nullable=False),
    Column("year", Integer, nullable=False),
    Column("treated_city", String(6), nullable=False),
    Column("state", String(10), nullable=False, comment="settled undone barred"),
    Column("settled_on", String(10), nullable=False),
    Column("question", Text, comment="the bill as it was asked, as JSON"),
    Column("settlement", Text, comment="who pays what, as JSON"),
    Column("admissions", Integer, nullable=False, comment="what it adds to the year"),
    Column("fund_fen", BigInteger, nullable=False),
    Column("burden_fen", BigInteger, nullable=False),
    Column("serious_fen", BigInteger, nullable=False),
    Column("chronic_deductible_fen", BigInteger, nullable=False),
    Column("account_fen", BigInteger, nullable=False),
    Index("ix_insurance_settlements_year", "person", "scheme", "year"),
    Index("ix_insurance_settlements_day", "settled_on"),
    comment="at the insuring city: one row for each bill, and for each that may never be settled",
)

lines = Table(
    "insurance_lines",
    metadata,
    Column("line", String(40), primary_key=True, comment="the claim, with -r where taken back"),
    Column("role", String(8), primary_key=True, comment="insurer or treater"),
    Column("peer", String(6), nullable=False, comment="the other city"),
    Column("month", String(7), nullable=False, comment="in which it is cleared"),
    Column("scheme", String(3), nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("owed_fen", BigInteger, nullable=False, comment="insuring to treating; below 0: back"),
    Index("ix_insurance_lines_month", "role", "peer", "month", "line"),
    comment="what is cleared between two cities: the same rows at both",
)

cleared = Table(
    "insurance_cleared_months",
    metadata,
    Column("role", String(8), primary_key=True),
    Column("peer", String(6), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("closed_on", String(10), nullable=False),
)

items = Table(
    "insurance_items",
    metadata,
    Column("item", String(40), primary_key=True),
    Column("item_class", String(1), nullable=False),
    Column("ceiling_fen", BigInteger),
    Column("self_share_bp", Integer, nullable=False),
    comment="this city's catalogue",
)

claims = Table(
    "insurance_claims",
    metadata,
    Column("claim", String(32), primary_key=True),
    Column("organisation", String(128), nullable=False),
    Column("insured_city", String(6), nullable=False),
    Column("state", String(10), nullable=False, comment="asked settled refused undoing undone"),
    Column("digest", String(64), nullable=False, comment="of the bill as it was asked"),
    Column("question", Text, nullable=False),
    Column("asked", String(64), comment="the question to the insuring city"),
    Column("undo_asked", String(64), comment="the question that takes it back"),
    Column("settlement", Text),
    Column("problem", Text),
    Column("changed_at_ms", BigInteger, nullable=False),
    Index("ix_insurance_claims_asked", "asked"),
    Index("ix_insurance_claims_of", "organisation", "changed_at_ms"),
    comment="at the treating city: bills of its hospitals",
)

waiting = Table(
    "insurance_waiting",
    metadata,
    Column("message_id", String(64), primary_key=True, comment="a call of a hospital"),
    Column("claim", String(32), nullable=False, index=True),
    Column("trial_asked", String(64), index=True, comment="of a trial: the question asked"),
    comment="calls that wait for the outcome of a claim or of a trial",
)

prepayments = Table(
    "insurance_prepayments",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("role", String(8), primary_key=True, comment="insurer or treater"),
    Column("peer", String(6), nullable=False, index=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("is_current", Boolean, nullable=False),
)

reconciliations = Table(
    "insurance_reconciliations",
    metadata,
    Column("asked", String(64), primary_key=True, comment="the question that is under way"),
    Column("waits", String(64), nullable=False, comment="the agency's call"),
    Column("insured_city", String(6), nullable=False),
    Column("month", String(7), nullable=False),
    Column("lines", Text, nullable=False, comment="what has come so far, as JSON"),
)
