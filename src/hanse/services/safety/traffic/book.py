"""The book of notices: reading and writing this city's tables, one place for both."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.services.safety.traffic.contracts import Notice, NoticeReceipt
from hanse.services.safety.traffic.tables import notices, receipts, versions

NOTICE_UNKNOWN = ProblemKind(
    "notice_unknown",
    404,
    Text("没有该交通管制通报", "There is no such traffic notice"),
    Text("请核对通报编号 {notice}", "Check the notice's number {notice}"),
)
OPEN_NOTICES_MAX = 10_000


def held(transaction: Transaction, notice: str) -> Notice | None:
    """The newest version that this city holds."""
    document = transaction.value(select(notices.c.document).where(notices.c.notice == notice))
    return Notice.model_validate_json(document) if document is not None else None


def need(transaction: Transaction, notice: str) -> Notice:
    """The newest version, or a refusal."""
    found = held(transaction, notice)
    if found is None:
        raise NOTICE_UNKNOWN(notice=notice)
    return found


def keep(transaction: Transaction, notice: Notice, now: datetime) -> None:
    """Make a version the newest one; the earlier ones stay."""
    document = notice.model_dump_json()
    transaction.insert(
        versions, {"notice": notice.id, "version": notice.version, "document": document}
    )
    transaction.upsert(
        notices,
        {
            "notice": notice.id,
            "version": notice.version,
            "issuer": notice.issuer,
            "lifted": notice.lifted_at is not None,
            "changed_at_ms": to_ms(now),
            "document": document,
        },
        lambda new: {
            "version": new.version,
            "lifted": new.lifted,
            "changed_at_ms": new.changed_at_ms,
            "document": new.document,
        },
    )


def open_notices(transaction: Transaction, *, besides: str | None = None) -> Iterator[Notice]:
    """Every notice that is not lifted, by number."""
    rows = transaction.rows(
        select(notices.c.document)
        .where(~notices.c.lifted, notices.c.notice != (besides or ""))
        .order_by(notices.c.notice)
        .limit(OPEN_NOTICES_MAX)
    )
    return (Notice.model_validate_json(row.document) for row in rows)


def newest_open(transaction: Transaction, count: int) -> list[Notice]:
    """The notices that are not lifted and changed last, newest first."""
    rows = transaction.rows(
        select(notices.c.document)
        .where(~notices.c.lifted)
        .order_by(notices.c.changed_at_ms.desc(), notices.c.notice)
        .limit(count)
    )
    return [Notice.model_validate_json(row.document) for row in rows]


def all_notices(transaction: Transaction) -> Iterator[Notice]:
    """Every notice in its newest version, the lifted ones too: for questions about the past."""
    rows = transaction.rows(
        select(notices.c.document).order_by(notices.c.notice).limit(OPEN_NOTICES_MAX)
    )
    return (Notice.model_validate_json(row.document) for row in rows)


def changed_at(transaction: Transaction, notice: str) -> datetime:
    """When this node took the newest version."""
    found = transaction.value(select(notices.c.changed_at_ms).where(notices.c.notice == notice))
    return from_ms(int(found))


def note_receipt(transaction: Transaction, receipt: NoticeReceipt) -> None:
    """A city holds this version; a receipt of an earlier one changes nothing."""
    known = transaction.value(
        select(receipts.c.version).where(
            receipts.c.notice == receipt.notice, receipts.c.city == receipt.city
        )
    )
    if known is not None and known >= receipt.version:
        return
    transaction.upsert(
        receipts,
        {
            "notice": receipt.notice,
            "city": receipt.city,
            "version": receipt.version,
            "acknowledged_at_ms": to_ms(receipt.acknowledged_at),
        },
        lambda new: {"version": new.version, "acknowledged_at_ms": new.acknowledged_at_ms},
    )


def receipts_of(transaction: Transaction, notice: str) -> list[NoticeReceipt]:
    """Which cities hold which version of a notice of ours, by city."""
    rows = transaction.rows(
        select(receipts).where(receipts.c.notice == notice).order_by(receipts.c.city)
    )
    return [
        NoticeReceipt(
            notice=row.notice,
            version=row.version,
            city=row.city,
            acknowledged_at=from_ms(row.acknowledged_at_ms),
        )
        for row in rows
    ]
