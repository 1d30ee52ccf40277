"""The book of credit records: reading and writing this city's tables, one place for both."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import bindparam, select

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.market.credit.contracts import (
    RECORDS_MAX,
    CreditRecord,
    ListEntry,
    RecordReference,
    SuccessionLink,
)
from hanse.services.market.credit.tables import copies, list_entries, records, successions

RECORD_UNKNOWN = ProblemKind(
    "credit_record_unknown",
    404,
    Text("没有该信用信息", "There is no such credit record"),
    Text("请核对信息编号 {record}", "Check the record's number {record}"),
)
RECORD_OF_ANOTHER_CITY = ProblemKind(
    "credit_record_of_another_city",
    403,
    Text("该信息由其他城市认定", "The record is another city's"),
    Text("请由来源城市 {city} 办理", "Its source {city} must act"),
)

ROWS_MAX = 10 * RECORDS_MAX
SICHUAN = timezone(timedelta(hours=8))

# Asked with every question of another city, so built once.
_SUBJECTS: Any = bindparam("subjects", expanding=True)
_ABOUT = select(records.c.document).where(records.c.subject.in_(_SUBJECTS)).limit(ROWS_MAX)
_LISTED = (
    select(list_entries.c.document).where(list_entries.c.subject.in_(_SUBJECTS)).limit(ROWS_MAX)
)
_BEHIND = (
    select(successions)
    .where(successions.c.successor.in_(bindparam("successors", expanding=True)))
    .limit(ROWS_MAX)
)


def day_of(now: datetime) -> date:
    """The calendar day in Sichuan on which the rules count."""
    return now.astimezone(SICHUAN).date()


def own(transaction: Transaction, reference: RecordReference, city: str) -> CreditRecord:
    """This city's record, or the refusal."""
    if reference.source_city != city:
        raise RECORD_OF_ANOTHER_CITY(city=reference.source_city)
    document = transaction.value(
        select(records.c.document).where(
            records.c.source_city == city, records.c.record_id == reference.record_id
        )
    )
    if document is None:
        raise RECORD_UNKNOWN(record=reference.record_id)
    return CreditRecord.model_validate_json(document)


def keep(transaction: Transaction, record: CreditRecord, now: datetime) -> None:
    """Make a version the newest one. The message that changed it keeps the history."""
    transaction.upsert(
        records,
        {
            "source_city": record.source_city,
            "record_id": record.record_id,
            "subject": record.subject,
            "version": record.version,
            "document": record.model_dump_json(),
            "changed_at_ms": to_ms(now),
        },
        lambda new: {
            "version": new.version,
            "document": new.document,
            "changed_at_ms": new.changed_at_ms,
        },
    )


def about(transaction: Transaction, subjects: Iterable[str]) -> list[CreditRecord]:
    """This city's records about any of the subjects."""
    rows = transaction.rows(_ABOUT, {"subjects": list(subjects)})
    return [CreditRecord.model_validate_json(row.document) for row in rows]


def listed(transaction: Transaction, subjects: Iterable[str]) -> list[ListEntry]:
    """The joint list's entries about any of the subjects, from all cities."""
    rows = transaction.rows(_LISTED, {"subjects": list(subjects)})
    return [ListEntry.model_validate_json(row.document) for row in rows]


def keep_entry(transaction: Transaction, entry: ListEntry) -> None:
    """Put an entry on the joint list, or its removal."""
    transaction.upsert(
        list_entries,
        {
            "source_city": entry.source_city,
            "entry_id": entry.entry_id,
            "subject": entry.subject,
            "document": entry.model_dump_json(),
        },
        lambda new: {"document": new.document},
    )


def entry(transaction: Transaction, city: str, entry_id: str) -> ListEntry | None:
    """One entry of a city."""
    document = transaction.value(
        select(list_entries.c.document).where(
            list_entries.c.source_city == city, list_entries.c.entry_id == entry_id
        )
    )
    return None if document is None else ListEntry.model_validate_json(document)


def links_behind(transaction: Transaction, subject: str) -> list[SuccessionLink]:
    """Every link by which the subject may answer for others, near and far."""
    found: dict[tuple[str, str], SuccessionLink] = {}
    to_visit = [subject]
    while to_visit and len(found) <= RECORDS_MAX:
        rows = transaction.rows(_BEHIND, {"successors": to_visit})
        to_visit = []
        for row in rows:
            if (row.predecessor, row.successor) not in found:
                link = SuccessionLink.model_validate_json(row.document)
                found[row.predecessor, row.successor] = link
                to_visit.append(row.predecessor)
    return list(found.values())


def keep_link(transaction: Transaction, link: SuccessionLink) -> None:
    """A registry's word that one enterprise answers for another."""
    transaction.upsert(
        successions,
        {
            "predecessor": link.predecessor,
            "successor": link.successor,
            "document": link.model_dump_json(),
        },
        lambda new: {"document": new.document},
    )


def note_copy(
    transaction: Transaction, reference: RecordReference, status: str, now: datetime
) -> None:
    """Another city's record as its source last showed it; an older version changes nothing."""
    known = transaction.value(
        select(copies.c.version).where(
            copies.c.source_city == reference.source_city,
            copies.c.record_id == reference.record_id,
        )
    )
    if known is not None and known >= reference.version:
        return
    transaction.upsert(
        copies,
        {
            "source_city": reference.source_city,
            "record_id": reference.record_id,
            "version": reference.version,
            "status": status,
            "seen_at_ms": to_ms(now),
        },
        lambda new: {
            "version": new.version,
            "status": new.status,
            "seen_at_ms": new.seen_at_ms,
        },
    )
