"""Reading and writing this city's tables of meetings and resolutions, one place for both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update

from hanse.foundation.clock import from_ms, to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.tables import bodies
from hanse.mechanisms.league.documents import Signed, read_signed
from hanse.services.governance.conference.contracts import (
    PAGE_MAX,
    AgendaPoint,
    Meeting,
    Paper,
    Resolution,
)
from hanse.services.governance.conference.tables import (
    duties,
    meetings,
    papers,
    points,
    resolutions,
)

MEETING_UNKNOWN = ProblemKind(
    "meeting_unknown",
    404,
    Text("没有该会议", "There is no such meeting"),
    Text("请核对会议编号{meeting}", "Check the meeting's number {meeting}"),
)
PAPER_NOT_HERE = ProblemKind(
    "meeting_paper_not_here",
    409,
    Text("会议材料尚未上传", "The paper has not been uploaded"),
    Text(
        "请先上传摘要为{digest}、大小为{size_bytes}字节的文件",
        "First upload the file {digest} of {size_bytes} bytes",
    ),
)
RESOLUTION_UNKNOWN = ProblemKind(
    "resolution_unknown",
    404,
    Text("没有该决议", "There is no such resolution"),
    Text("请核对决议摘要", "Check the resolution's digest"),
)
PAGE_ROWS_MAX = PAGE_MAX


def newest(transaction: Transaction, meeting: str) -> Meeting | None:
    """The newest version that this city holds."""
    document = transaction.value(
        select(meetings.c.document).where(meetings.c.meeting == meeting, meetings.c.is_newest == 1)
    )
    return None if document is None else Meeting.model_validate_json(document)


def need(transaction: Transaction, meeting: str) -> Meeting:
    """The newest version, or `meeting_unknown`."""
    found = newest(transaction, meeting)
    if found is None:
        raise MEETING_UNKNOWN(meeting=meeting)
    return found


def keep(transaction: Transaction, meeting: Meeting) -> None:
    """Make a version the newest one; the earlier ones stay."""
    transaction.execute(
        update(meetings).where(meetings.c.meeting == meeting.id).values(is_newest=0)
    )
    transaction.insert(
        meetings,
        {
            "meeting": meeting.id,
            "version": meeting.version,
            "starts_at_ms": to_ms(meeting.starts_at),
            "is_newest": 1,
            "document": meeting.model_dump_json(),
        },
    )


def versions(transaction: Transaction, meeting: str) -> tuple[int, ...]:
    """The numbers of the versions that are held."""
    rows = transaction.rows(
        select(meetings.c.version)
        .where(meetings.c.meeting == meeting)
        .order_by(meetings.c.version.desc())
        .limit(PAGE_ROWS_MAX)
    )
    return tuple(row.version for row in rows)


def page(transaction: Transaction, before: tuple[int, str] | None) -> list[Meeting]:
    """Meetings by their start, the latest first, one more than a page holds."""
    statement = select(meetings.c.document).where(meetings.c.is_newest == 1)
    if before is not None:
        statement = statement.where(
            or_(
                meetings.c.starts_at_ms < before[0],
                and_(meetings.c.starts_at_ms == before[0], meetings.c.meeting < before[1]),
            )
        )
    rows = transaction.rows(
        statement.order_by(meetings.c.starts_at_ms.desc(), meetings.c.meeting.desc()).limit(
            PAGE_ROWS_MAX + 1
        )
    )
    return [Meeting.model_validate_json(row.document) for row in rows]


def require_papers(transaction: Transaction, wanted: Sequence[Paper], city: str) -> None:
    """Refuse papers whose bytes are not at this node, uploaded here or given by a city."""
    for paper in wanted:
        size = transaction.value(
            select(bodies.c.size_bytes)
            .where(bodies.c.digest == paper.digest)
            .order_by(bodies.c.peer != city)
            .limit(1)
        )
        if size != paper.size_bytes:
            raise PAPER_NOT_HERE(digest=paper.digest, size_bytes=paper.size_bytes)


def note_paper(transaction: Transaction, digest: str, city: str, now: datetime) -> bool:
    """Note that a paper's bytes are here; False where that was known."""
    known = transaction.value(select(papers.c.city).where(papers.c.digest == digest))
    if known is None:
        row = {"digest": digest, "city": city, "received_at_ms": to_ms(now)}
        transaction.insert(papers, row)
    return known is None


def papers_here(transaction: Transaction, digests: Sequence[str]) -> tuple[str, ...]:
    """Which of these papers' bytes are here."""
    rows = transaction.rows(
        select(papers.c.digest).where(papers.c.digest.in_(digests)).order_by(papers.c.digest)
    )
    return tuple(row.digest for row in rows)


def keep_point(
    transaction: Transaction,
    city: str,
    message_id: str,
    meeting: str,
    point: AgendaPoint,
    now: datetime,
) -> None:
    """A point that another city puts forward, until this office has decided."""
    transaction.insert(
        points,
        {
            "city": city,
            "message_id": message_id,
            "meeting": meeting,
            "state": "waiting",
            "document": point.model_dump_json(),
            "received_at_ms": to_ms(now),
        },
    )


def waiting_points(transaction: Transaction) -> Sequence[Any]:
    """The points that wait for this office's decision, the oldest first."""
    return transaction.rows(
        select(points)
        .where(points.c.state == "waiting")
        .order_by(points.c.received_at_ms, points.c.city, points.c.message_id)
        .limit(PAGE_ROWS_MAX)
    )


def take_point(transaction: Transaction, city: str, message_id: str, state: str) -> Any:
    """A waiting point, decided now; None where none waits."""
    row = transaction.row(
        select(points).where(
            points.c.city == city,
            points.c.message_id == message_id,
            points.c.state == "waiting",
        )
    )
    if row is not None:
        transaction.execute(
            update(points)
            .where(points.c.city == city, points.c.message_id == message_id)
            .values(state=state)
        )
    return row


def held_resolution(transaction: Transaction, digest: str) -> Signed[Resolution] | None:
    """A resolution with the signatures that this city holds."""
    document = transaction.value(
        select(resolutions.c.document).where(resolutions.c.digest == digest)
    )
    return None if document is None else read_signed(bytes(document), Resolution)


def need_resolution(transaction: Transaction, digest: str) -> Signed[Resolution]:
    """A resolution, or `resolution_unknown`."""
    found = held_resolution(transaction, digest)
    if found is None:
        raise RESOLUTION_UNKNOWN()
    return found


def keep_resolution(
    transaction: Transaction, signed: Signed[Resolution], adopted_at: datetime | None
) -> None:
    """Keep a resolution with its signatures; when it was adopted is written once."""
    document = signed.document
    transaction.upsert(
        resolutions,
        {
            "digest": signed.digest,
            "resolution": document.id,
            "meeting": document.meeting,
            "issued_at_ms": to_ms(document.issued_at),
            "adopted_at_ms": None if adopted_at is None else to_ms(adopted_at),
            "document": signed.to_bytes(),
        },
        lambda new: {"document": new.document, "adopted_at_ms": new.adopted_at_ms},
    )


def adopted_at(transaction: Transaction, digest: str) -> datetime | None:
    """When this node had seen enough signatures."""
    found = transaction.value(
        select(resolutions.c.adopted_at_ms).where(resolutions.c.digest == digest)
    )
    return None if found is None else from_ms(int(found))


def number_taken(transaction: Transaction, resolution: str) -> bool:
    """Whether a resolution of that number is held."""
    found = transaction.value(
        select(resolutions.c.digest).where(resolutions.c.resolution == resolution).limit(1)
    )
    return found is not None


def resolutions_page(
    transaction: Transaction, meeting: str | None, before: tuple[int, str] | None
) -> list[Signed[Resolution]]:
    """Resolutions, the newest first, one more than a page holds."""
    statement = select(resolutions.c.document)
    if meeting is not None:
        statement = statement.where(resolutions.c.meeting == meeting)
    if before is not None:
        statement = statement.where(
            or_(
                resolutions.c.issued_at_ms < before[0],
                and_(resolutions.c.issued_at_ms == before[0], resolutions.c.digest < before[1]),
            )
        )
    rows = transaction.rows(
        statement.order_by(resolutions.c.issued_at_ms.desc(), resolutions.c.digest.desc()).limit(
            PAGE_ROWS_MAX + 1
        )
    )
    return [read_signed(bytes(row.document), Resolution) for row in rows]


def cases_of(transaction: Transaction, digest: str) -> dict[int, str]:
    """The cases of a resolution's items, by the item's number."""
    rows = transaction.rows(
        select(duties.c.number, duties.c.case_id).where(duties.c.digest == digest)
    )
    return {row.number: row.case_id for row in rows}


def note_case(transaction: Transaction, digest: str, number: int, case_id: str) -> None:
    """Remember the case in which an item is followed up."""
    transaction.insert(duties, {"digest": digest, "number": number, "case_id": case_id})
