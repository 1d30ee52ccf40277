"""What the public sees of joint announcements: the newest version of each, latest first."""

from datetime import datetime
from typing import Final

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import Block, Link, Mark, Publication, Table, Tone, Words
from hanse.services.governance.press import book
from hanse.services.governance.press.contracts import Announcement, Change
from hanse.services.governance.press.face import PREFIX

SHOWN_MAX: Final = 30
TEXTS_MAX: Final = 3
"""Of so many the text itself stands on the page; of the others the signed document is linked."""
SUMMARY: Final = Text(
    "须由所涉各市一致签署的公告在此发布，更正处处可见",
    "What all cities concerned have signed is published here; corrections stay in sight",
)
NOTHING: Final = Text("尚未发布公告", "Nothing has been announced yet")


def _mark(announcement: Announcement) -> Mark:
    if announcement.change is None:
        return Mark(Text("首版", "First version"))
    tone = Tone.BAD if announcement.change is Change.RETRACTION else Tone.CAUTION
    return Mark(announcement.change.text, tone)


def announced(transaction: Transaction, now: datetime) -> list[Block]:
    """A table of announcements, then the latest texts."""
    found = [one.document for one in book.page(transaction, None, SHOWN_MAX)]
    rows = tuple(
        (
            Link(one.title, f"{PREFIX}/{one.id}"),
            one.subject.text,
            one.issued_at,
            one.version,
            _mark(one),
        )
        for one in found
    )
    columns = (
        Text("标题", "Title"),
        Text("领域", "Subject"),
        Text("签发时间", "Issued"),
        Text("版本", "Version"),
        Text("状态", "State"),
    )
    table = Table(Text("联合公告", "Joint announcements"), columns, rows, NOTHING)
    texts = [Words(paragraph) for one in found[:TEXTS_MAX] for paragraph in (one.title, *one.text)]
    return [table, *texts]


PUBLICATION: Final = Publication("press", Text("联合公告", "Joint announcements"), announced)
