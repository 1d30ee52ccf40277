"""Templates and returns in every version, the newest figures, the work that is planned."""

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

templates = Table(
    "briefing_templates",
    metadata,
    Column("template", String(47), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version, as JSON"),
    Index("ix_briefing_templates_newest", "is_newest", "template"),
)

returns = Table(
    "briefing_returns",
    metadata,
    Column("template", String(47), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("first_given_on", Date, nullable=False, comment="the day of the first version held"),
    Column("document", Text, nullable=False, comment="the return, as JSON"),
)

figures = Table(
    "briefing_figures",
    metadata,
    Column("template", String(47), primary_key=True),
    Column("code", String(100), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("template_version", Integer, nullable=False),
    Column("figure", String(24), nullable=False, comment="decimal digits"),
)

arrangements = Table(
    "briefing_arrangements",
    metadata,
    Column("city", String(6), primary_key=True),
    Column("template", String(47), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("document", Text, nullable=False, comment="the work, as JSON"),
    Index("ix_briefing_arrangements_days", "ends_on", "begins_on"),
)
