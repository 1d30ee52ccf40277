"""The pension relations that this city keeps, and the certificates that it gave out."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from hanse.foundation.store import metadata

relations = Table(
    "pension_relations",
    metadata,
    Column("citizen_id", String(18), primary_key=True),
    Column(
        "relation_id", String(32), nullable=False, unique=True, comment="names it in the ledger"
    ),
    Column("version", Integer, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("case_id", String(64), comment="the transfer by which it moves or moved"),
    Column("account_funds", BigInteger, nullable=False, comment="fen booked for its account"),
    Column("pool_funds", BigInteger, nullable=False, comment="fen booked in the pool for it"),
    Column("document", Text, nullable=False, comment="the relation, as JSON"),
    Column("changed_at_ms", BigInteger, nullable=False),
)

certificates = Table(
    "pension_certificates",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False, index=True),
    Column("document", Text, nullable=False, comment="the certificate, as JSON"),
    Column("issued_at_ms", BigInteger, nullable=False),
)
