"""The exchange's records: what was sent, what was received, and the deliveries that carried it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hanse.foundation.store import metadata

# SQLite numbers rows itself only where the key's type is exactly INTEGER.
_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")

messages_out = Table(
    "messages_out",
    metadata,
    Column("number", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("message_id", String(128), nullable=False, unique=True),
    Column("peer", String(6), nullable=False, comment="the city it goes to"),
    Column("kind", String(8), nullable=False),
    Column("operation", String(128), nullable=False),
    Column("organisation", String(128), nullable=False, comment="who asks, in this city"),
    Column("purpose", String(128)),
    Column("agreement", String(128)),
    Column("sequence", BigInteger, comment="place in the stream, for events"),
    Column("body", String(72), comment="digest of a large body that goes before it"),
    Column("line", LargeBinary, comment="the exact bytes; null once erased"),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("state", String(8), nullable=False, comment="pending owed done refused dead"),
    Column("answer", LargeBinary, comment="the line that answered it; null once erased"),
    Column("answer_commitment", LargeBinary(32)),
    Column("problem", Text, comment="the last problem as JSON, for the operator"),
    Column("attempts", Integer, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger),
    Index("ix_messages_out_state_peer_number", "state", "peer", "number"),
    Index("ix_messages_out_peer_operation_sequence", "peer", "operation", "sequence"),
)

messages_in = Table(
    "messages_in",
    metadata,
    Column("number", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("peer", String(6), nullable=False, comment="where it came from; our own for agencies"),
    Column("message_id", String(128), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("operation", String(128), nullable=False),
    Column("organisation", String(128), nullable=False),
    Column("purpose", String(128)),
    Column("agreement", String(128)),
    Column("sequence", BigInteger),
    Column("line", LargeBinary, comment="the exact bytes; null once erased"),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("outcome", String(8), nullable=False, comment="answered refused received owed"),
    Column("answer", LargeBinary, comment="the exact line that answered; null once erased"),
    Column("answer_commitment", LargeBinary(32)),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("answered_at_ms", BigInteger),
    UniqueConstraint("peer", "message_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("direction", String(3), nullable=False, comment="in or out"),
    Column("peer", String(6), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("request_leaves", LargeBinary, nullable=False, comment="32 bytes a message, in order"),
    Column("request_base", LargeBinary, nullable=False, comment="the RFC 9421 signature base"),
    Column("request_signature", LargeBinary, nullable=False),
    Column("request_key", String(128), nullable=False),
    Column("response_leaves", LargeBinary, nullable=False),
    Column("response_base", LargeBinary, nullable=False),
    Column("response_signature", LargeBinary, nullable=False),
    Column("response_key", String(128), nullable=False),
    UniqueConstraint("direction", "peer", "nonce"),
    Index("ix_deliveries_peer_created_at_ms", "peer", "created_at_ms"),
)

streams_out = Table(
    "streams_out",
    metadata,
    Column("peer", String(6), primary_key=True),
    Column("topic", String(128), primary_key=True),
    Column("subscribed", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False, comment="of the last event that was written"),
)

streams_in = Table(
    "streams_in",
    metadata,
    Column("peer", String(6), primary_key=True),
    Column("topic", String(128), primary_key=True),
    Column("sequence", BigInteger, nullable=False, comment="of the last event that was taken"),
)

grant_use = Table(
    "grant_use",
    metadata,
    Column("agreement", String(128), primary_key=True),
    Column("grant_id", String(128), primary_key=True),
    Column("caller", String(6), primary_key=True),
    Column("window", String(6), primary_key=True, comment="minute or day"),
    Column("start_ms", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False, comment="uses in this window"),
)

bodies = Table(
    "bodies",
    metadata,
    Column("digest", String(72), primary_key=True, comment="sha-256:<hex>"),
    Column("peer", String(6), primary_key=True, comment="the city that may fetch or has sent it"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("stored_at_ms", BigInteger, nullable=False),
)
