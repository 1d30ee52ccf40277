"""What a city holds of results: the resources as sent, its hospitals, and what doctors chose."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from hanse.foundation.store import metadata

resources = Table(
    "results_resources",
    metadata,
    Column("type", String(32), primary_key=True),
    Column("resource_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("is_current", Boolean, nullable=False),
    Column("organisation", String(128), nullable=False, comment="that sent it"),
    Column("person", String(18), comment="whose it is, where that is known"),
    Column("patient", String(64), comment="logical id of the Patient it refers to"),
    Column("item", String(64), comment="code of the examination or test"),
    Column("status", String(32)),
    Column("made_on", String(10), comment="day of the report, or of the observation"),
    Column("updated_at_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False, comment="the resource, exactly as it was sent"),
    Index("ix_results_resources_person", "person", "type"),
    Index("ix_results_resources_patient", "patient", "type"),
    Index("ix_results_resources_item", "type", "item", "made_on"),
)

hospitals = Table(
    "results_hospitals",
    metadata,
    Column("organisation", String(128), primary_key=True),
    Column("grade", String(12), nullable=False),
    Column("consortium", String(64)),
    Column("quality_passed", Text, nullable=False, comment="items that passed assessment, JSON"),
)

decisions = Table(
    "results_decisions",
    metadata,
    Column("decision_id", String(64), primary_key=True),
    Column("organisation", String(128), nullable=False),
    Column("holder_city", String(6), nullable=False),
    Column("item", String(64), nullable=False),
    Column("decided_on", String(10), nullable=False, index=True),
    Column("recognisable", Boolean, nullable=False),
    Column("choice", String(12), nullable=False),
    Column("reason", String(2)),
    Column("fee_fen", BigInteger, nullable=False),
    Column("document", Text, nullable=False, comment="the whole decision, as JSON"),
)
