"""The ledger's tables: accounts, the log of transfers, balances after each, and final refusals.

`ledger_transfers` is the truth: it is only ever appended to, and replaying it gives every counter
of every account. Amounts are in minor units of the account's currency, times in milliseconds.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from hanse.foundation.store import metadata

# SQLite numbers rows itself only where the key's type is exactly INTEGER.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
# In the order of the bytes, whatever a store's locale: accounts that begin alike lie together.
_ACCOUNT_ID = String(64).with_variant(String(64, collation="C"), "postgresql")

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("name", String(8), primary_key=True, comment="always 'ledger'"),
    Column("sequence", BigInteger, nullable=False, comment="of the newest transfer"),
    Column("booked_at_ms", BigInteger, nullable=False, comment="the ledger's time, never back"),
    Column("greatest_id", LargeBinary(16), nullable=False, comment="of all ids that were used"),
)

ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _ACCOUNT_ID, nullable=False, unique=True, comment="chosen by its opener"),
    Column("book", String(32), nullable=False, comment="names the chart; books never mix"),
    Column("code", Integer, nullable=False, comment="account code of the chart"),
    Column("currency", String(3), nullable=False),
    Column("net_debit_cap", BigInteger, comment="debits beyond credits at most; null: no limit"),
    Column("net_credit_cap", BigInteger, comment="credits beyond debits at most"),
    Column("closed", Boolean, nullable=False),
    Column("debits_pending", BigInteger, nullable=False),
    Column("debits_posted", BigInteger, nullable=False),
    Column("credits_pending", BigInteger, nullable=False),
    Column("credits_posted", BigInteger, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Index("ix_ledger_accounts_book_id", "book", "id"),
)

ledger_transfers = Table(
    "ledger_transfers",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("id", LargeBinary(16), unique=True, comment="chosen by the client; null: an expiry"),
    Column("debit", BigInteger, nullable=False, comment="number of the account"),
    Column("credit", BigInteger, nullable=False, comment="number of the account"),
    Column("amount", BigInteger, nullable=False, comment="that was moved, reserved or released"),
    Column("code", Integer, nullable=False, comment="transfer code of the chart"),
    Column("flags", Integer, nullable=False),
    Column("effective_day", Integer, nullable=False, comment="value date, days since 1970-01-01"),
    Column("booked_at_ms", BigInteger, nullable=False),
    Column("reference", String(64), nullable=False, comment="the client's own; may be empty"),
    Column("asked", BigInteger, comment="amount as asked, where another was moved"),
    Column("pending", BigInteger, comment="sequence of the pending transfer that it resolves"),
    Column("timeout_seconds", BigInteger, comment="of a pending transfer"),
    Column("corrects", BigInteger, comment="sequence of the transfer that it corrects"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("debits_pending", BigInteger, nullable=False, comment="after the transfer"),
    Column("debits_posted", BigInteger, nullable=False),
    Column("credits_pending", BigInteger, nullable=False),
    Column("credits_posted", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ledger_pendings = Table(
    "ledger_pendings",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("state", String(7), nullable=False, comment="open posted voided expired"),
    Column("expires_at_ms", BigInteger, comment="null: never by itself"),
    Column("resolved_by", BigInteger, comment="sequence of the transfer that resolved it"),
    Index(
        "ix_ledger_pendings_open",
        "expires_at_ms",
        "sequence",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

ledger_refusals = Table(
    "ledger_refusals",
    metadata,
    Column("id", LargeBinary(16), primary_key=True, comment="of the transfer; final for it"),
    Column("code", String(48), nullable=False),
    Column("refused_at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ledger_batches = Table(
    "ledger_batches",
    metadata,
    Column("last_sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("first_sequence", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False, comment="RFC 9162 root of its leaves"),
    Column("secret", LargeBinary(32), nullable=False, comment="the leaves' salts follow from it"),
    Column("booked_at_ms", BigInteger, nullable=False),
)
