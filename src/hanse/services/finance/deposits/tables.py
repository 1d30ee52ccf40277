"""Accounts, serials in both banks' roles, and the business dates that ended."""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text

from hanse.foundation.store import metadata

accounts = Table(
    "deposits_accounts",
    metadata,
    Column("card", String(19), primary_key=True, comment="personal data"),
    Column("bank", String(23), nullable=False),
    Column("ledger_account", String(64), nullable=False, unique=True),
    Column("holder_name", String(140), nullable=False, comment="personal data"),
    Column("holder_id", String(18), nullable=False, comment="personal data"),
    Column("product", String(8), nullable=False),
    Column("status", String(8), nullable=False),
    Column("agreement_signed", Boolean, nullable=False),
    Column("item_limit_fen", BigInteger, nullable=False),
    Column("day_limit_fen", BigInteger, nullable=False),
    Column("opened_on", String(10), nullable=False),
    Column("matures_on", String(10), comment="of a time deposit"),
    Column("lost_at_ms", BigInteger, comment="when the loss was reported"),
)

serials = Table(
    "deposits_serials",
    metadata,
    Column("role", String(8), primary_key=True, comment="acquirer or account"),
    Column("acquirer_city", String(6), primary_key=True),
    Column("acquirer_bank", String(23), primary_key=True),
    Column("business_date", String(10), primary_key=True, comment="the acquirer's"),
    Column("serial", String(24), primary_key=True),
    Column("bank", String(23), nullable=False, comment="whose book this row is in"),
    Column("peer_city", String(6), nullable=False),
    Column("peer_bank", String(23), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(9), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("fee_fen", BigInteger, nullable=False),
    Column("interest_fen", BigInteger, nullable=False, comment="of a time deposit, early"),
    Column("card", String(19), comment="own customer's, if any; personal data"),
    Column("request", Text, comment="as it came, to know the same one again; personal data"),
    Column("booked", Boolean, nullable=False, comment="whether its transfers are posted here"),
    Column("corrects", String(64), comment="the serial that it adjusts"),
    Column("refusal", Text, comment="why it failed, or why its reversal was refused"),
    Column("reason", String(16), comment="of a reversal"),
    Column("booked_on", String(10), nullable=False, comment="this bank's business date"),
    Column("due_at_ms", BigInteger, comment="when the acquirer must act; null: never"),
    Column("asked", String(128), comment="id of the last message to the account bank"),
    Column("waits", String(128), comment="id of the own call that waits for the decision"),
    Column("changed_at_ms", BigInteger, nullable=False),
    Index("ix_deposits_serials_asked", "asked"),
    Index("ix_deposits_serials_business_date_peer_city", "business_date", "peer_city"),
    Index("ix_deposits_serials_due_at_ms", "due_at_ms"),
    Index("ix_deposits_serials_card_booked_on", "card", "booked_on"),
    Index("ix_deposits_serials_booked_on", "booked_on"),
    Index("ix_deposits_serials_corrects", "corrects"),
)

days = Table(
    "deposits_days",
    metadata,
    Column("business_date", String(10), primary_key=True),
    Column("closed_at_ms", BigInteger, nullable=False),
    Column("totals", Text, nullable=False, comment="as they were at the end, as JSON"),
)
