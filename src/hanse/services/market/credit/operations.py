"""Public credit between the cities: published by one, asked for by all, repaired everywhere."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Purpose, Reach, Service, operation, topic
from hanse.mechanisms.exchange.parts import Need
from hanse.services.market.credit import book, rules, told
from hanse.services.market.credit.codes import RecordStatus
from hanse.services.market.credit.contracts import (
    Correction,
    CreditRecord,
    ListEntry,
    Objection,
    ObjectionAnswer,
    PublishRecord,
    RecordAnswer,
    RecordReference,
    RecordRequest,
    SuccessionLink,
    Withdrawal,
)
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.repair_operations import apply_repair, decide_repair

NOT_ITS_SOURCE = ProblemKind(
    "credit_not_its_source",
    403,
    Text("只能更改本市的信用信息", "A city changes its own records only"),
    Text("请由来源城市 {city} 通报", "Its source {city} must tell it"),
)
LIST_ENTRY_SOURCE_WRONG = ProblemKind(
    "credit_list_entry_source_wrong",
    422,
    Text("列入信息的来源城市须为本市", "The entry's source must be this city"),
    Text("请将来源城市填为 {city}", "Write {city} as its source"),
)

REGISTRATION = Purpose("registration", Text("登记注册审查", "Registration of enterprises"))
TENDERING = Purpose("tendering", Text("公共资源交易审查", "Tendering of public resources"))
SUPERVISION = Purpose("supervision", Text("市场监管", "Market supervision"))
SYNC = Purpose("credit-sync", Text("信用信息同步", "Keeping credit records the same everywhere"))


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Noted(_Contract):
    """It is noted, and so many cities are being told."""

    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]


@operation("credit.publish", Text("登记信用信息", "Publish a record"), reach=Reach.CITY)
def publish(transaction: Transaction, decision: PublishRecord, context: Context) -> CreditRecord:
    """Record a decision; whether and how long it is published follows from the dated rules."""
    parameters: CreditParameters = context.parameters
    record = rules.new_record(
        decision,
        source_city=context.city,
        record_id=context.new_id(),
        published_on=book.day_of(context.now),
        parameters=parameters,
    )
    book.keep(transaction, record, context.now)
    return record


@operation(
    "credit.record",
    Text("查询企业公共信用信息", "Ask for an enterprise's credit record"),
    purposes=(REGISTRATION, TENDERING, SUPERVISION),
)
def record(transaction: Transaction, request: RecordRequest, context: Context) -> RecordAnswer:
    """What this city has that may be used about an enterprise on a day, by its credit code."""
    day = request.at or book.day_of(context.now)
    links = book.links_behind(transaction, request.subject)
    subjects = rules.answers_for(request.subject, links, day)
    return rules.answer_about(
        request.subject,
        day,
        book.about(transaction, subjects),
        book.listed(transaction, subjects),
        links,
        context.parameters,
    )


def answer_seen(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Note which records of another city this one was shown, so that a repair reaches them."""
    for shown in answer.get("records", []):
        if {"source_city", "record_id", "version"} <= shown.keys():
            reference = RecordReference(
                source_city=shown["source_city"],
                record_id=shown["record_id"],
                version=shown["version"],
            )
            status = str(shown.get("status", RecordStatus.PUBLISHED))
            book.note_copy(transaction, reference, status, context.now)


@topic("credit.changed", Text("信用信息变更", "A record changed"), purpose=SYNC)
def changed(transaction: Transaction, state: told.RecordState, context: Context) -> None:
    """Honour at once what another city changed: a repaired record is no longer used here."""
    if state.record.source_city != context.caller.city:
        raise NOT_ITS_SOURCE(city=state.record.source_city)
    book.note_copy(transaction, state.record, str(state.status), context.now)


@operation("credit.correct", Text("更正信用信息", "Correct a record"), reach=Reach.CITY)
def correct(transaction: Transaction, request: Correction, context: Context) -> CreditRecord:
    """Correct a record of this city; the others are told."""
    held = book.own(transaction, request.record, context.city)
    corrected = rules.corrected(held, request, book.day_of(context.now), context.parameters)
    told.tell(transaction, corrected, context)
    return corrected


@operation("credit.withdraw", Text("撤回信用信息", "Withdraw a record"), reach=Reach.CITY)
def withdraw(transaction: Transaction, request: Withdrawal, context: Context) -> CreditRecord:
    """Take back a record whose decision was changed or annulled; the others are told."""
    held = book.own(transaction, request.record, context.city)
    withdrawn = rules.withdrawn(held, request.record.version)
    told.tell(transaction, withdrawn, context)
    return withdrawn


@operation("credit.object", Text("提出异议", "Object to a record"), reach=Reach.CITY)
def object_(transaction: Transaction, request: Objection, context: Context) -> CreditRecord:
    """Flag a record as disputed by its subject; it is shown as such from now on."""
    held = book.own(transaction, request.record, context.city)
    disputed = rules.objected(held, request.record.version)
    told.tell(transaction, disputed, context)
    return disputed


@operation("credit.answer_objection", Text("答复异议", "Answer an objection"), reach=Reach.CITY)
def answer_objection(
    transaction: Transaction, request: ObjectionAnswer, context: Context
) -> CreditRecord:
    """The source's answer; an objection that is upheld is followed by a correction."""
    held = book.own(transaction, request.record, context.city)
    answered = rules.objection_answered(held, request.record.version, upheld=request.upheld)
    told.tell(transaction, answered, context)
    return answered


@operation("credit.list", Text("列入严重违法失信名单", "Put on the joint list"), reach=Reach.CITY)
def list_(transaction: Transaction, request: ListEntry, context: Context) -> Noted:
    """Put an enterprise on the joint list of serious breach, or note its removal; all are told."""
    if request.source_city != context.city:
        raise LIST_ENTRY_SOURCE_WRONG(city=context.city)
    book.keep_entry(transaction, request)
    return Noted(cities_told=context.publish(transaction, "credit.listed", request))


@topic("credit.listed", Text("联合失信名单变更", "The joint list changed"), purpose=SYNC)
def listed(transaction: Transaction, entry: ListEntry, context: Context) -> None:
    """Keep another city's entry on the joint list."""
    if entry.source_city != context.caller.city:
        raise NOT_ITS_SOURCE(city=entry.source_city)
    book.keep_entry(transaction, entry)


@operation("credit.succeed", Text("登记主体承继", "Register a succession"), reach=Reach.CITY)
def succeed(transaction: Transaction, request: SuccessionLink, context: Context) -> Noted:
    """Note that one enterprise answers for another's records, as the register says."""
    book.keep_link(transaction, request)
    return Noted(cities_told=0)


SERVICE = Service(
    name="market.credit",
    title=Text("公共信用信息共享", "Sharing of public credit records"),
    operations=(
        publish,
        record,
        correct,
        withdraw,
        object_,
        answer_objection,
        apply_repair,
        decide_repair,
        list_,
        succeed,
    ),
    topics=(changed, listed),
    answer_handlers={"credit.record": answer_seen},
    parameters=rules.DEFAULTS,
    summary=Text(
        "企业的公共信用记录在各市一致、可更正、可修复",
        "An enterprise's public record is the same in every city, can be corrected and repaired",
    ),
    needs=(
        Need(Text("我要与另一城市的企业往来", "I deal with an enterprise of another city")),
        Need(Text("我的信用记录有误", "My credit record is wrong")),
    ),
)
