"""Which credentials this city has issued and how each stands, and lists of other cities.

What a credential says is not kept.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

credentials = Table(
    "credentials",
    metadata,
    Column("credential_id", String(32), primary_key=True),
    Column("list_name", String(32), nullable=False, comment="the service that issues"),
    Column("list_number", Integer, nullable=False),
    Column("list_index", Integer, nullable=False),
    Column("status", Integer, nullable=False, comment="0 valid, 1 revoked, 2 suspended"),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Index("uq_credentials_place", "list_name", "list_number", "list_index", unique=True),
)

kept_lists = Table(
    "credential_lists",
    metadata,
    Column("uri", String(200), primary_key=True),
    Column("token", Text, nullable=False, comment="another city's list, signed by that city"),
    Column("fetched_at_ms", BigInteger, nullable=False),
)
