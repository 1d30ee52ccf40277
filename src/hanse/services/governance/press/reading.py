"""What the desk reads: published announcements, one with its versions, and texts in approval."""

from typing import Annotated, Final

from hanse.foundation.clock import to_ms
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation
from hanse.mechanisms.league.document_types import CityCode, Digest, Prose
from hanse.mechanisms.league.documents import Signed
from hanse.mechanisms.league.joint_documents import standing
from hanse.services.governance.press import book
from hanse.services.governance.press.contracts import (
    Announcement,
    AnnouncementId,
    Contract,
    SignedText,
    Version,
)

PRESS_CURSOR_WRONG = ProblemKind(
    "press_cursor_wrong",
    400,
    Text("续查起点格式错误", "The page's cursor is malformed"),
    Text("请使用上一页给出的 next_after", "Use the next_after that the page before gave"),
)
Cursor = Annotated[str | None, titled("续查起点", "Continue after", max_length=120), Prose]


class AnnouncementsQuestion(Contract):
    """A page of published announcements, the latest first."""

    after: Cursor = None


class AnnouncementsPage(Contract):
    """Announcements in their newest versions."""

    announcements: Annotated[tuple[Announcement, ...], titled("公告", "Announcements")]
    next_after: Cursor = None


class AnnouncementName(Contract):
    """A published announcement: its newest version, or the one named."""

    id: AnnouncementId
    version: Version | None = None


class AnnouncementView(Contract):
    """A published version; `document` can be checked offline with the charter that it names."""

    digest: Annotated[Digest, titled("文本摘要", "Digest of the text")]
    announcement: Annotated[Announcement, titled("公告", "Announcement")]
    signed_by: Annotated[tuple[CityCode, ...], titled("签署城市", "Signed by")]
    versions: Annotated[tuple[int, ...], titled("可阅版本", "Versions that can be read")]
    document: SignedText


class OpenText(Contract):
    """A text that cities are asked to approve."""

    digest: Annotated[Digest, titled("文本摘要", "Digest of the text")]
    announcement: Annotated[Announcement, titled("公告", "Announcement")]
    signed_by: Annotated[tuple[CityCode, ...], titled("已签署城市", "Signed by")]
    missing: Annotated[tuple[CityCode, ...], titled("未签署城市", "Not signed by")]
    objections: Annotated[dict[str, str], titled("异议", "Objections, by city")]
    document: SignedText


class OpenTexts(Contract):
    """The texts in approval, the latest first."""

    texts: Annotated[tuple[OpenText, ...], titled("送签文本", "Texts in approval")]


class NoQuestion(Contract):
    """Nothing needs to be said."""


@operation("press.announcements", Text("公告列表", "List announcements"), reach=Reach.CITY)
def announcements(
    transaction: Transaction, request: AnnouncementsQuestion, context: Context
) -> AnnouncementsPage:
    """A page of published announcements, the latest first."""
    found = book.page(transaction, _cursor(request.after), book.PAGE_ROWS_MAX + 1)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    last = shown[-1] if more else None
    cursor = None if last is None else f"{to_ms(last.document.issued_at)} {last.digest}"
    return AnnouncementsPage(announcements=tuple(one.document for one in shown), next_after=cursor)


def _cursor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    at, _, name = text.partition(" ")
    if not at.isascii() or not at.isdigit() or len(at) > 15 or not name:
        raise PRESS_CURSOR_WRONG()
    return int(at), name


@operation("press.announcement", Text("查看公告", "View an announcement"), reach=Reach.CITY)
def announcement(
    transaction: Transaction, request: AnnouncementName, context: Context
) -> AnnouncementView:
    """A published announcement with its signatures, and which versions can be read."""
    signed = book.published(transaction, request.id, request.version)
    if signed is None:
        raise book.ANNOUNCEMENT_UNKNOWN()
    return AnnouncementView(
        digest=signed.digest,
        announcement=signed.document,
        signed_by=standing(signed).signed,
        versions=book.published_versions(transaction, request.id),
        document=signed.to_bytes().decode("utf-8"),
    )


@operation("press.drafts", Text("送签文本", "Texts in approval"), reach=Reach.CITY)
def drafts(transaction: Transaction, request: NoQuestion, context: Context) -> OpenTexts:
    """The texts that concern this city and are not published, with who has signed or objects."""
    found = book.open_texts(transaction)
    against = book.objections_to(transaction, [one.digest for one in found])
    return OpenTexts(texts=tuple(_open(one, against.get(one.digest, {})) for one in found))


def _open(signed: Signed[Announcement], against: dict[str, str]) -> OpenText:
    state = standing(signed)
    return OpenText(
        digest=signed.digest,
        announcement=signed.document,
        signed_by=state.signed,
        missing=state.missing,
        objections={city: why for city, why in against.items() if city not in state.signed},
        document=signed.to_bytes().decode("utf-8"),
    )


OPERATIONS: Final[tuple[Operation, ...]] = (announcements, announcement, drafts)
