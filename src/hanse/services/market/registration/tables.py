"""This city's register of entities, names that are held, bans, and questions about people."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hanse.foundation.store import metadata

entities = Table(
    "registration_entities",
    metadata,
    Column("uscc", String(18), primary_key=True),
    Column("name_key", String(64), nullable=False),
    Column("industry_key", String(3), nullable=False),
    Column("status", String(16), nullable=False),
    Column("credential_id", String(32)),
    Column("document", Text, nullable=False, comment="the application as registered, as JSON"),
    Column("changed_at_ms", BigInteger, nullable=False),
    Index("ix_registration_entities_name", "name_key", "industry_key"),
)

held_names = Table(
    "registration_names",
    metadata,
    Column("name_key", String(64), primary_key=True),
    Column("industry_key", String(3), primary_key=True),
    Column("holder", String(80), nullable=False, comment="city/organisation, or the case"),
    Column("until_ms", BigInteger, comment="None while a case holds it"),
)

bans = Table(
    "registration_bans",
    metadata,
    Column("ban_id", String(64), primary_key=True),
    Column("citizen_id", String(18), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("since", String(10), nullable=False),
    Column("lifted_on", String(10)),
)

person_checks = Table(
    "registration_person_checks",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("citizen_id", String(18), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("message_id", String(64), nullable=False, index=True),
    Column("state", String(12), nullable=False),
)

told_entities = Table(
    "registration_told",
    metadata,
    Column("city", String(6), primary_key=True),
    Column("uscc", String(18), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("document", Text, nullable=False, comment="what that city has told, as JSON"),
    Index("ix_registration_told_uscc", "uscc"),
)
