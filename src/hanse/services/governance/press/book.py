"""Reading and writing this city's texts of announcements."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, update

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.league.documents import Signed, read_signed
from hanse.services.governance.press.contracts import VERSIONS_MAX, Announcement
from hanse.services.governance.press.tables import objections, texts

ANNOUNCEMENT_UNKNOWN = ProblemKind(
    "announcement_unknown",
    404,
    Text("没有该公告", "There is no such announcement"),
    Text("请核对公告编号、版本或摘要", "Check its number, version or digest"),
)
PAGE_ROWS_MAX = 100


def held(transaction: Transaction, digest: str) -> Signed[Announcement] | None:
    """A text with the signatures that this city holds."""
    document = transaction.value(select(texts.c.document).where(texts.c.digest == digest))
    return None if document is None else read_signed(bytes(document), Announcement)


def need(transaction: Transaction, digest: str) -> Signed[Announcement]:
    """A text, or `announcement_unknown`."""
    found = held(transaction, digest)
    if found is None:
        raise ANNOUNCEMENT_UNKNOWN()
    return found


def keep(transaction: Transaction, signed: Signed[Announcement]) -> None:
    """Keep a text with its signatures; whether it is published stays as it is."""
    document = signed.document
    transaction.upsert(
        texts,
        {
            "digest": signed.digest,
            "announcement": document.id,
            "version": document.version,
            "issued_at_ms": to_ms(document.issued_at),
            "published_at_ms": None,
            "is_newest": 0,
            "document": signed.to_bytes(),
        },
        lambda new: {"document": new.document},
    )


def publish(transaction: Transaction, signed: Signed[Announcement], now: datetime) -> None:
    """Make a kept text the newest published version of its announcement."""
    transaction.execute(
        update(texts)
        .where(texts.c.announcement == signed.document.id, texts.c.is_newest == 1)
        .values(is_newest=0)
    )
    transaction.execute(
        update(texts)
        .where(texts.c.digest == signed.digest)
        .values(is_newest=1, published_at_ms=to_ms(now))
    )


def is_published(transaction: Transaction, digest: str) -> bool:
    """Whether that text was published."""
    found = transaction.value(select(texts.c.published_at_ms).where(texts.c.digest == digest))
    return found is not None


def published(
    transaction: Transaction, announcement: str, version: int | None = None
) -> Signed[Announcement] | None:
    """A published version: the newest, or the one that is asked for."""
    statement = select(texts.c.document).where(
        texts.c.announcement == announcement, texts.c.published_at_ms.is_not(None)
    )
    chosen = texts.c.is_newest == 1 if version is None else texts.c.version == version
    document = transaction.value(statement.where(chosen))
    return None if document is None else read_signed(bytes(document), Announcement)


def published_versions(transaction: Transaction, announcement: str) -> tuple[int, ...]:
    """The versions that can be read, the newest first."""
    rows = transaction.rows(
        select(texts.c.version)
        .where(texts.c.announcement == announcement, texts.c.published_at_ms.is_not(None))
        .order_by(texts.c.version.desc())
        .limit(VERSIONS_MAX)
    )
    return tuple(row.version for row in rows)


def newest_draft(transaction: Transaction, announcement: str, version: int) -> str | None:
    """The digest of the latest text of that version: an earlier one is replaced by it."""
    found = transaction.value(
        select(texts.c.digest)
        .where(texts.c.announcement == announcement, texts.c.version == version)
        .order_by(texts.c.issued_at_ms.desc(), texts.c.digest.desc())
        .limit(1)
    )
    return None if found is None else str(found)


def page(
    transaction: Transaction, before: tuple[int, str] | None, rows_max: int
) -> list[Signed[Announcement]]:
    """Published announcements in their newest versions, the latest first."""
    statement = select(texts.c.document).where(texts.c.is_newest == 1)
    if before is not None:
        statement = statement.where(
            or_(
                texts.c.issued_at_ms < before[0],
                and_(texts.c.issued_at_ms == before[0], texts.c.digest < before[1]),
            )
        )
    rows = transaction.rows(
        statement.order_by(texts.c.issued_at_ms.desc(), texts.c.digest.desc()).limit(rows_max)
    )
    return [read_signed(bytes(row.document), Announcement) for row in rows]


def open_texts(transaction: Transaction) -> list[Signed[Announcement]]:
    """What is drafted and not published, the latest first; texts of published versions are over."""
    done = texts.alias("done")
    over = select(done.c.digest).where(
        done.c.announcement == texts.c.announcement,
        done.c.version >= texts.c.version,
        done.c.published_at_ms.is_not(None),
    )
    rows = transaction.rows(
        select(texts.c.document)
        .where(texts.c.published_at_ms.is_(None), ~over.exists())
        .order_by(texts.c.issued_at_ms.desc(), texts.c.digest.desc())
        .limit(PAGE_ROWS_MAX)
    )
    return [read_signed(bytes(row.document), Announcement) for row in rows]


def object_to(transaction: Transaction, digest: str, city: str, reason: str, now: datetime) -> None:
    """Note a city's objection; its latest reason counts."""
    row = {"digest": digest, "city": city, "reason": reason, "noted_at_ms": to_ms(now)}
    transaction.upsert(
        objections, row, lambda new: {"reason": new.reason, "noted_at_ms": new.noted_at_ms}
    )


def objections_to(transaction: Transaction, digests: Sequence[str]) -> dict[str, dict[str, str]]:
    """By text and city, the reasons of those that object."""
    rows = transaction.rows(
        select(objections.c.digest, objections.c.city, objections.c.reason)
        .where(objections.c.digest.in_(digests))
        .order_by(objections.c.digest, objections.c.city)
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.digest, {})[row.city] = row.reason
    return found
