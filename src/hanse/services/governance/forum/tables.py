"""Editions in every version, statements and offers of swaps, papers."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

editions = Table(
    "forum_editions",
    metadata,
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("turn", String(6), nullable=False, comment="whose turn it was when it was published"),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version and its instant, as JSON"),
    Index("ix_forum_editions_newest", "is_newest", "edition"),
)

statements = Table(
    "forum_statements",
    metadata,
    Column("city", String(6), primary_key=True, comment="that states it"),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("other", Integer, primary_key=True, autoincrement=False),
    Column("host", String(6), primary_key=True),
    Column("other_host", String(6), primary_key=True),
)

offers = Table(
    "forum_offers",
    metadata,
    Column("peer", String(6), primary_key=True, comment="that offers, or is offered"),
    Column("message_id", String(64), primary_key=True),
    Column("is_own", Integer, nullable=False, comment="1: this city offers"),
    Column("edition", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("state", String(12), nullable=False, comment="waiting, accepted, declined, refused"),
    Column("reason", Text),
    Index("ix_forum_offers_state", "state", "is_own"),
)

papers = Table(
    "forum_papers",
    metadata,
    Column("paper", String(47), primary_key=True),
    Column("edition", Integer, nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text),
    Column("document", Text, nullable=False, comment="the paper, as JSON"),
    Index("ix_forum_papers_edition", "edition", "state", "paper"),
    Index("ix_forum_papers_message", "message_id"),
)
