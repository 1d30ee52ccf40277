"""The cases of this city: their steps, who waits for them, and who has not received them yet."""

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
)

from hanse.foundation.store import metadata

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("procedure", String(81), nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("keeper", String(6), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("number", Integer, nullable=False, comment="of the last step"),
    Column("head", String(72), nullable=False, comment="digest of the last step"),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("document", Text, nullable=False, comment="the state that the steps made, as JSON"),
    Index("ix_cases_procedure_subject", "procedure", "subject", "is_open"),
)

steps = Table(
    "case_steps",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String(72), nullable=False),
    Column("line", LargeBinary, nullable=False, comment="the exact bytes that were numbered"),
    Column("proposal", String(64)),
    Column("at_ms", BigInteger, nullable=False),
)

seats = Table(
    "case_seats",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("role", String(40), primary_key=True),
    Column("procedure", String(81), nullable=False),
    Column("organisation", String(128), nullable=False, comment="empty: any of this city"),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Index("ix_case_seats_list", "procedure", "organisation", "is_open", "opened_at_ms", "case_id"),
    comment="the seats of this city alone: what every read is filtered by",
)

tasks = Table(
    "case_tasks",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("role", String(40), primary_key=True),
    Column("procedure", String(81), nullable=False),
    Column("organisation", String(128), nullable=False, comment="empty: any of this city"),
    Column("due_at_ms", BigInteger, nullable=False, comment="far in the future where none is due"),
    Column("is_escalated", Boolean, nullable=False),
    Index("ix_case_tasks_queue", "procedure", "organisation", "due_at_ms", "case_id", "role"),
    comment="what waits for a seat of this city",
)

due = Table(
    "case_due",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("procedure", String(81), nullable=False),
    Column("passes_at_ms", BigInteger, nullable=False),
    Index("ix_case_due_passes", "procedure", "passes_at_ms"),
    comment="running deadlines of the cases that this city keeps",
)

copies = Table(
    "case_copies",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("city", String(6), primary_key=True),
    Column("procedure", String(81), nullable=False),
    Column("floor", Integer, nullable=False, comment="steps up to here are another keeper's"),
    Column("target", Integer, nullable=False, comment="the last step that this city numbered"),
    Column("acknowledged", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("is_behind", Boolean, nullable=False),
    Column("message_id", String(128), comment="the last message that carried steps"),
    Column("problem", Text, comment="why the city has not taken them, as JSON"),
    Column("next_at_ms", BigInteger, nullable=False, comment="when to look again"),
    Index("ix_case_copies_behind", "procedure", "is_behind", "next_at_ms"),
)

proposals = Table(
    "case_proposals",
    metadata,
    Column("proposal_id", String(64), primary_key=True),
    Column("case_id", String(64), nullable=False, index=True),
    Column("procedure", String(81), nullable=False),
    Column("organisation", String(128), nullable=False),
    Column("role", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("state", String(10), nullable=False, comment="proposed recorded refused"),
    Column("problem", Text, comment="the keeper's refusal, as JSON"),
    Column("made_at_ms", BigInteger, nullable=False),
)

disputes = Table(
    "case_disputes",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("city", String(6), primary_key=True, comment="who disagrees"),
    Column("digest", String(72), nullable=False, comment="of the step that it does not accept"),
    Column("problem", Text, nullable=False, comment="why, as JSON"),
    Column("noted_at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger),
)

papers = Table(
    "case_documents",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("digest", String(72), primary_key=True),
    Column("city", String(6), nullable=False, comment="who sent it"),
    Column("received_at_ms", BigInteger, nullable=False),
    comment="documents of cases whose bytes this city holds",
)

notices = Table(
    "case_notices",
    metadata,
    Column("notice_id", String(160), primary_key=True, comment="the key against duplicates"),
    Column("procedure", String(81), nullable=False),
    Column("case_id", String(64), nullable=False),
    Column("organisation", String(128), nullable=False, comment="empty: any of this city"),
    Column("role", String(40), nullable=False),
    Column("words", Text, nullable=False, comment="in both languages, as JSON"),
    Column("state", String(8), nullable=False, comment="waiting sent dead"),
    Column("attempts", Integer, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("next_at_ms", BigInteger, nullable=False),
    Column("problem", Text, comment="why the last attempt failed"),
    Index("ix_case_notices_state_next", "state", "next_at_ms"),
)
