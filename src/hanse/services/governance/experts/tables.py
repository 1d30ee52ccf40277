"""The roster in every version, this city's matters, and who is engaged on what."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

profiles = Table(
    "experts_profiles",
    metadata,
    Column("expert", String(27), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_newest", Integer, nullable=False, comment="1: no later version is held"),
    Column("document", Text, nullable=False, comment="the version, as JSON"),
    Index("ix_experts_profiles_newest", "is_newest", "expert"),
)

matters = Table(
    "experts_matters",
    metadata,
    Column("matter", String(27), primary_key=True),
    Column("document", Text, nullable=False, comment="the matter, as JSON: as it was first asked"),
)

engagements = Table(
    "experts_engagements",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("matter", String(27), nullable=False),
    Column("expert", String(27), nullable=False),
    Column("stage", String(20), nullable=False, comment="of the case"),
    Column("document", Text, nullable=False, comment="the matter, as JSON"),
    Column("opinion", Text, comment="the opinion, as JSON"),
    Index("ix_experts_engagements_matter", "matter", "case_id"),
    Index("ix_experts_engagements_expert", "expert", "case_id"),
)
