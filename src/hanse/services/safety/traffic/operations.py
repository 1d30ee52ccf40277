"""Mutual notice of traffic control: published by one city, told to all, acknowledged by each."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, Reach, Service, operation, topic
from hanse.services.safety.traffic import book, public, rules, watch
from hanse.services.safety.traffic.contracts import (
    ListedNotice,
    Notice,
    NoticeId,
    NoticeList,
    NoticeQuery,
    NoticeReceipt,
    Version,
)
from hanse.services.safety.traffic.detours import check_detour
from hanse.services.safety.traffic.formats import datex2, wzdx
from hanse.services.safety.traffic.formats.reading import Reading
from hanse.services.safety.traffic.parameters import DEFAULTS, TrafficParameters
from hanse.services.safety.traffic.roads import RoadTable

RECEIPT_OF_ANOTHER = ProblemKind(
    "receipt_of_another",
    403,
    Text("不能代其他城市确认", "A city acknowledges for itself"),
    Text("请由 {city} 自行确认", "Let {city} acknowledge"),
)
VERSION_NOT_HELD = ProblemKind(
    "notice_version_not_held",
    409,
    Text("尚未收到该版本", "That version is not held here"),
    Text("现有第 {version} 版", "Version {version} is held"),
)

SAFETY = Purpose("traffic-safety", Text("道路交通安全", "Road traffic safety"))
DOCUMENT_CHARACTERS_MAX = 900_000
NOTICES_PER_DOCUMENT_MAX = 50


@dataclass(frozen=True)
class TrafficSettings:
    """What a node may set for this service."""

    rules: TrafficParameters = DEFAULTS
    roads: RoadTable = RoadTable()  # noqa: RUF009 - a frozen value
    issuers: dict[str, str] = field(default_factory=dict)
    """City code of each source in the feeds of other publishers, by the source's own name."""


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(_Contract):
    """A version that is published, and how many cities are being told."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    version: Version
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]
    detours_to_change: Annotated[
        tuple[str, ...], titled("绕行须调整的通报", "Notices whose detour must change")
    ] = ()


class Acknowledge(_Contract):
    """Which version of a notice this city has taken note of."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    version: Version


class Acknowledged(_Contract):
    """The acknowledgement is on its way, or recorded."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    version: Version


class NoticeName(_Contract):
    """A notice by its number."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]


class Acknowledgements(_Contract):
    """Who has taken note of the newest version, who has not, and who must be telephoned."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    version: Version
    acknowledged: Annotated[tuple[NoticeReceipt, ...], titled("已确认", "Acknowledged")]
    missing: Annotated[tuple[str, ...], titled("未确认城市", "Not yet")]
    telephone: Annotated[tuple[str, ...], titled("须电话催告", "To be telephoned")]


class StandardDocument(_Contract):
    """A document in a standard format, as text."""

    document: Annotated[str, titled("文件", "Document", max_length=DOCUMENT_CHARACTERS_MAX)]


class Remark(_Contract):
    """Something about a document that was read, in both languages."""

    zh: Annotated[str, titled("中文", "Chinese")]
    en: Annotated[str, titled("英文", "English")]


class Export(StandardDocument):
    """A document, and where the next one begins if not everything fitted."""

    next_after: Annotated[NoticeId | None, titled("续查起点", "Continue after")] = None


class LeftOutNotice(_Contract):
    """A notice that a feed of that standard can't hold, and why."""

    notice: Annotated[NoticeId, titled("通报编号", "Notice number")]
    reason: Annotated[Remark, titled("原因", "Reason")]


class Feed(Export):
    """A feed, and what it leaves out."""

    left_out: Annotated[tuple[LeftOutNotice, ...], titled("未列入的通报", "Notices left out")]


class ReadNotices(_Contract):
    """What could be read of a document, and what could not: nothing is passed over silently."""

    notices: Annotated[tuple[Notice, ...], titled("通报", "Notices")]
    unread: Annotated[tuple[Remark, ...], titled("未能读取", "Unread")]
    dropped: Annotated[tuple[str, ...], titled("未能保留的内容", "Parts no notice carries")]


@operation("traffic.publish", Text("发布交通管制通报", "Publish a notice"), reach=Reach.CITY)
def publish(transaction: Transaction, notice: Notice, context: Context) -> Published:
    """Publish a notice of this city, or its next version: extended, changed or lifted.

    Every subscribed city is told. Refused where the rules of RULES 14 or the detours of notices
    in force forbid it.
    """
    settings: TrafficSettings = context.parameters
    rules.check_issuer(notice, context.city)
    held = book.held(transaction, notice.id)
    if held is None:
        rules.check_publication(notice, context.now, settings.rules)
    else:
        rules.check_update(held, notice, context.now, settings.rules)
    others = tuple(book.open_notices(transaction, besides=notice.id))
    conflicts = check_detour(notice, others, settings.roads, context.now)
    book.keep(transaction, notice, context.now)
    told = context.publish(transaction, "traffic.notice", notice)
    return Published(
        notice=notice.id,
        version=notice.version,
        cities_told=told,
        detours_to_change=tuple(sorted({conflict.chain[0] for conflict in conflicts})),
    )


@topic("traffic.notice", Text("交通管制通报", "Traffic notice"), purpose=SAFETY)
def notice_received(transaction: Transaction, notice: Notice, context: Context) -> None:
    """Keep the version that another city published; its rules were checked by its issuer.

    A version is complete in itself, so a city that joined the stream after the first one takes any
    that is above what it holds: a gap that nobody can fill must not stop the stream.
    """
    rules.check_issuer(notice, context.caller.city)
    held = book.held(transaction, notice.id)
    rules.check_newer(held.version if held else None, notice.version)
    book.keep(transaction, notice, context.now)


@operation("traffic.acknowledge", Text("确认通报", "Acknowledge a notice"), reach=Reach.CITY)
def acknowledge(transaction: Transaction, request: Acknowledge, context: Context) -> Acknowledged:
    """This city's duty officer has taken note of a version; its issuer is told."""
    notice = book.need(transaction, request.notice)
    if request.version > notice.version:
        raise VERSION_NOT_HELD(version=notice.version)
    receipt = NoticeReceipt(
        notice=request.notice,
        version=request.version,
        city=context.city,
        acknowledged_at=context.now,
    )
    if notice.issuer != context.city:
        context.ask(transaction, notice.issuer, "traffic.receipt", receipt, purpose=SAFETY.code)
    return Acknowledged(notice=request.notice, version=request.version)


@operation("traffic.receipt", Text("接收确认", "Take an acknowledgement"), purposes=(SAFETY,))
def receipt(transaction: Transaction, request: NoticeReceipt, context: Context) -> Acknowledged:
    """Another city has taken note of a notice of this one."""
    if request.city != context.caller.city:
        raise RECEIPT_OF_ANOTHER(city=request.city)
    notice = book.need(transaction, request.notice)
    rules.check_issuer(notice, context.city)
    if request.version > notice.version:
        raise VERSION_NOT_HELD(version=notice.version)
    book.note_receipt(transaction, request)
    return Acknowledged(notice=request.notice, version=request.version)


@operation(
    "traffic.acknowledgements", Text("确认情况", "Who acknowledged a notice"), reach=Reach.CITY
)
def acknowledgements(
    transaction: Transaction, request: NoticeName, context: Context
) -> Acknowledgements:
    """Who has taken note of a notice of this city, and whom to telephone now."""
    settings: TrafficSettings = context.parameters
    notice = book.need(transaction, request.notice)
    found = book.receipts_of(transaction, notice.id)
    cities = context.league.cities
    due = watch.escalations(
        notice,
        book.changed_at(transaction, notice.id),
        cities,
        found,
        context.now,
        settings.rules,
    )
    return Acknowledgements(
        notice=notice.id,
        version=notice.version,
        acknowledged=tuple(one for one in found if one.version >= notice.version),
        missing=watch.unacknowledged(notice, cities, found),
        telephone=tuple(one.city for one in due),
    )


@operation("traffic.one", Text("查看通报", "View a notice"), reach=Reach.CITY)
def one(transaction: Transaction, request: NoticeName, context: Context) -> ListedNotice:
    """A notice in the newest version that is held here, in force or over."""
    notice = book.need(transaction, request.notice)
    return ListedNotice(notice=notice, standing=watch.standing(notice, context.now))


@operation("traffic.in_force", Text("查询生效通报", "What is in force"), purposes=(SAFETY,))
def in_force(transaction: Transaction, request: NoticeQuery, context: Context) -> NoticeList:
    """The notices in force on a road, a section, at an instant, or for a city."""
    settings: TrafficSettings = context.parameters
    past = request.at is not None and request.at < context.now
    notices = book.all_notices(transaction) if past else book.open_notices(transaction)
    return watch.answer(notices, request, context.now, settings.roads)


@operation("traffic.datex2", Text("导出 DATEX II", "As DATEX II"), reach=Reach.CITY)
def as_datex2(transaction: Transaction, request: NoticeQuery, context: Context) -> Export:
    """What is in force as a DATEX II 3 situation publication."""
    notices, next_after = _exported(transaction, request, context)
    written = datex2.write(notices, context.city, context.now)
    return Export(document=written.decode("utf-8"), next_after=next_after)


@operation("traffic.wzdx", Text("导出 WZDx", "As WZDx"), reach=Reach.CITY)
def as_wzdx(transaction: Transaction, request: NoticeQuery, context: Context) -> Feed:
    """The road works in force as a WZDx 4.2 feed, and which notices such a feed can't hold."""
    notices, next_after = _exported(transaction, request, context)
    settings: TrafficSettings = context.parameters
    upward = {road: str(direction) for road, direction in settings.roads.upward.items()}
    feed = wzdx.write(notices, context.city, context.now, upward=upward)
    return Feed(
        document=feed.document.decode("utf-8"),
        next_after=next_after,
        left_out=tuple(
            LeftOutNotice(
                notice=one.notice,
                reason=Remark(zh=one.reason.text.zh, en=one.reason.text.en),
            )
            for one in feed.left_out
        ),
    )


@operation("traffic.read_datex2", Text("读取 DATEX II", "Read DATEX II"), reach=Reach.CITY)
def read_datex2(
    transaction: Transaction, request: StandardDocument, context: Context
) -> ReadNotices:
    """Notices from a DATEX II 3 message, to be looked at and published; nothing is stored."""
    return _read_notices(datex2.read(request.document.encode("utf-8"), _issuers(context)))


@operation("traffic.read_wzdx", Text("读取 WZDx", "Read WZDx"), reach=Reach.CITY)
def read_wzdx(transaction: Transaction, request: StandardDocument, context: Context) -> ReadNotices:
    """Notices from a WZDx feed, to be looked at and published; nothing is stored."""
    return _read_notices(wzdx.read(request.document.encode("utf-8"), _issuers(context)))


def _exported(
    transaction: Transaction, request: NoticeQuery, context: Context
) -> tuple[list[Notice], str | None]:
    """As many notices in force as one document holds, and where to go on."""
    found: NoticeList = in_force.handler(transaction, request, context)
    notices = [entry.notice for entry in found.notices[:NOTICES_PER_DOCUMENT_MAX]]
    if len(found.notices) > NOTICES_PER_DOCUMENT_MAX:
        return notices, notices[-1].id
    return notices, found.next_after


def _issuers(context: Context) -> dict[str, str]:
    """Which source in a foreign feed stands for which city, as the node's operator set it."""
    settings: TrafficSettings = context.parameters
    return dict(settings.issuers)


def _read_notices(reading: Reading) -> ReadNotices:
    return ReadNotices(
        notices=reading.notices,
        unread=tuple(Remark(zh=one.text.zh, en=one.text.en) for one in reading.unread),
        dropped=tuple(f"{one.notice}: {one.part}" for one in reading.dropped),
    )


SERVICE = Service(
    name="safety.traffic",
    title=Text("交通管制信息互通", "Mutual notice of traffic control"),
    operations=(
        publish,
        acknowledge,
        receipt,
        acknowledgements,
        one,
        in_force,
        as_datex2,
        as_wzdx,
        read_datex2,
        read_wzdx,
    ),
    topics=(notice_received,),
    parameters=TrafficSettings(),
    summary=public.SUMMARY,
    needs=public.NEEDS,
    layers=(public.LAYER,),
    publications=(public.PUBLICATION,),
)
