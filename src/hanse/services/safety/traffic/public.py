"""What the public sees of traffic control: notices from when their issuer told the public."""

from datetime import datetime
from typing import Final

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.parts import (
    HAPPENINGS_MAX,
    Happening,
    MapLayer,
    Mark,
    Need,
    Publication,
    Table,
    Tone,
)
from hanse.services.safety.traffic import book, watch
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.vocabulary import Measure, Standing

READ_MAX: Final = 300
"""So many of the notices that changed last are looked at."""
SHUT: Final = frozenset({Measure.CLOSED, Measure.ENTRY_CLOSED})
NOTHING: Final = Text("目前没有对外公告的管制", "No control is announced now")
SUMMARY: Final = Text(
    "一市的道路管制即时告知各市，驾车人出发前可在任一城市查询",
    "A road control in one city is told to all at once; a driver can look it up in any of them",
)
NEEDS: Final = (Need(Text("我要驾车去邻近城市", "I drive to a neighbouring city")),)


def known_to_public(transaction: Transaction, now: datetime) -> list[Notice]:
    """Notices that the public has been told of and that are not over, newest first."""
    return [
        notice
        for notice in book.newest_open(transaction, READ_MAX)
        if notice.public_from is not None
        and notice.public_from <= now
        and watch.standing(notice, now) is not Standing.LIFTED
    ][:HAPPENINGS_MAX]


def words(notice: Notice) -> Text:
    """A notice in a few words."""
    measure, kind = notice.measure.text, notice.kind.text
    return Text(
        f"{notice.road} {measure.zh}({kind.zh})", f"{notice.road}: {measure.en} ({kind.en})"
    )


def tone(notice: Notice) -> Tone:
    """A closed road is worse than a hindered one."""
    if notice.measure is Measure.ADVISORY:
        return Tone.PLAIN
    return Tone.BAD if notice.measure in SHUT else Tone.CAUTION


def happenings(transaction: Transaction, now: datetime) -> list[Happening]:
    """What drivers must reckon with now."""
    return [
        Happening(notice.issuer, words(notice), notice.updated_at, tone(notice))
        for notice in known_to_public(transaction, now)
        if watch.in_force(notice, now)
    ]


def announced(transaction: Transaction, now: datetime) -> list[Table]:
    """Every control that the public is told of, coming ones too."""
    rows = []
    for notice in known_to_public(transaction, now):
        standing = watch.standing(notice, now)
        coming = standing is Standing.UPCOMING
        mark = Mark(standing.text, Tone.PLAIN if coming else tone(notice))
        rows.append((notice.id, words(notice), notice.start, notice.expected_end, mark))
    columns = (
        Text("通报编号", "Notice"),
        Text("道路与措施", "Road and measure"),
        Text("开始", "Begins"),
        Text("预计结束", "Expected end"),
        Text("状态", "State"),
    )
    return [Table(Text("交通管制", "Traffic control"), columns, tuple(rows), NOTHING)]


LAYER: Final = MapLayer("traffic", Text("交通管制", "Traffic control"), NOTHING, happenings)
PUBLICATION: Final = Publication(
    "traffic", Text("交通管制公告", "Traffic control announced"), announced
)
