"""Accounts of people and their sessions. No secret is kept as it was typed or sent."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from hanse.foundation.store import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("kind", String(12), nullable=False, comment="officer, joint, operator or resident"),
    Column("name", String(128), nullable=False),
    Column("organisation", String(128), nullable=False),
    Column("allows", JSON, nullable=False, comment="operation names, 'field.*', '*', 'operator'"),
    Column("person", String(18), comment="a resident's identity number"),
    Column("password", String(256), comment="Argon2id, RFC 9106, with its parameters"),
    Column("totp", String(256), comment="RFC 6238 key, sealed with the node's own"),
    Column("totp_step", BigInteger, nullable=False, comment="the last time step that was used"),
    Column("failures", Integer, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=False),
    Column("issuer", String(256), comment="OpenID Connect: who vouches"),
    Column("subject", String(256), comment="OpenID Connect: for whom"),
    Column("sample", Boolean, nullable=False, comment="a demonstration's: anybody may be it"),
    Column("closed", Boolean, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(32), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("method", String(12), nullable=False, comment="password, openid or sample"),
    Column("began_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("proved_at_ms", BigInteger, nullable=False, comment="when the person last proved it"),
    Index("ix_sessions_ends", "ends_at_ms"),
)

acts = Table(
    "acts",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("act", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Column("organisation", String(128), nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("proposed_name", String(128), nullable=False),
    Column("proposed_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("state", String(12), nullable=False, comment="waiting confirmed done failed refused"),
    Column("decided_by", String(32)),
    Column("decided_name", String(128)),
    Column("decided_at_ms", BigInteger),
    Column("outcome", JSON, comment="what came of it, in both languages"),
    Index("ix_acts_organisation_state", "organisation", "state", "proposed_at_ms"),
    comment="what one person proposed and another is to confirm",
)
