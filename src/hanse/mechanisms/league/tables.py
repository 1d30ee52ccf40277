"""The league's documents as this node holds them."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from hanse.foundation.store import metadata

charters = Table(
    "charters",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(72), nullable=False),
    Column("document", LargeBinary, nullable=False, comment="the signed document's JSON"),
    Column("accepted_at_ms", BigInteger, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    Column("agreement", String(128), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(72), nullable=False),
    Column("document", LargeBinary, nullable=False, comment="the signed document's JSON"),
    Column("changed_at_ms", BigInteger, nullable=False),
)

statements = Table(
    "agreement_statements",
    metadata,
    Column("agreement", String(128), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False, comment="the signed statement's JSON"),
    Column("accepted_at_ms", BigInteger, nullable=False),
)

league_revisions = Table(
    "league_revisions",
    metadata,
    Column("name", String(8), primary_key=True, comment="always 'league'"),
    Column("revision", Integer, nullable=False, comment="counts every change of the above"),
)
