"""Texts in every version with their signatures, and the objections against them."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from hanse.foundation.store import metadata

texts = Table(
    "press_texts",
    metadata,
    Column("digest", String(72), primary_key=True),
    Column("announcement", String(47), nullable=False),
    Column("version", Integer, nullable=False),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("published_at_ms", BigInteger, comment="when this node took it as published"),
    Column("is_newest", Integer, nullable=False, comment="1: the newest published version"),
    Column("document", LargeBinary, nullable=False, comment="the signed document's JSON"),
    Index("ix_press_texts_version", "announcement", "version"),
    Index("ix_press_texts_newest", "is_newest", "issued_at_ms", "digest"),
)

objections = Table(
    "press_objections",
    metadata,
    Column("digest", String(72), primary_key=True, comment="of the text"),
    Column("city", String(6), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("noted_at_ms", BigInteger, nullable=False),
)
