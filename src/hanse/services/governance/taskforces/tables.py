"""Groups and plans in every version, reports, figures."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

groups = Table(
    "taskforces_groups",
    metadata,
    Column("group_id", String(47), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version, as JSON"),
    Index("ix_taskforces_groups_newest", "is_newest", "group_id"),
)

plans = Table(
    "taskforces_plans",
    metadata,
    Column("group_id", String(47), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version, as JSON"),
    Index("ix_taskforces_plans_newest", "is_newest", "group_id"),
)

reports = Table(
    "taskforces_reports",
    metadata,
    Column("group_id", String(47), primary_key=True),
    Column("milestone", Integer, primary_key=True, autoincrement=False),
    Column("city", String(6), primary_key=True, comment="that reports"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later report is held"),
    Column("document", Text, nullable=False, comment="the report, as JSON"),
    Index("ix_taskforces_reports_newest", "is_newest", "group_id"),
)

figures = Table(
    "taskforces_figures",
    metadata,
    Column("group_id", String(47), primary_key=True),
    Column("indicator", String(100), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("city", String(6), primary_key=True, comment="whose figure it is"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("figure", String(24), nullable=False, comment="decimal digits"),
    Index("ix_taskforces_figures_newest", "is_newest", "group_id", "indicator", "period"),
)
