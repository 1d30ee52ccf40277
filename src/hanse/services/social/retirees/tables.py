"""Recipients and their payments here; evidence and requests of other cities."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

recipients = Table(
    "retirees_recipients",
    metadata,
    Column("citizen_id", String(18), primary_key=True),
    Column("document", Text, nullable=False, comment="the recipient, as JSON"),
    Column("changed_at_ms", BigInteger, nullable=False),
)

benefits = Table(
    "retirees_benefits",
    metadata,
    Column("benefit_id", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False),
    comment="whose each benefit is: payments are known by the benefit's number alone",
)

payments = Table(
    "retirees_payments",
    metadata,
    Column("benefit_id", String(64), primary_key=True),
    Column("month", Integer, primary_key=True, comment="12 x year + month - 1"),
    Column("run_month", Integer, nullable=False),
    Column("citizen_id", String(18), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("overpaid", Integer, nullable=False, comment="1: claimed back"),
)

evidence = Table(
    "retirees_evidence",
    metadata,
    Column("evidence_id", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False),
    Column("seen_on", String(10), nullable=False),
    Column("document", Text, nullable=False, comment="the evidence, as JSON"),
    Index("ix_retirees_evidence_person", "citizen_id", "seen_on"),
)

assists = Table(
    "retirees_assists",
    metadata,
    Column("city", String(6), primary_key=True, comment="that asked"),
    Column("message_id", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, answered"),
    Column("due_on", String(10), nullable=False),
    Column("document", Text, nullable=False, comment="the request, as JSON"),
    Index("ix_retirees_assists_waiting", "state", "due_on"),
)

asked = Table(
    "retirees_asked",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False),
    Column("city", String(6), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("outcome", String(64), comment="result or refusal code, once it is known"),
)
