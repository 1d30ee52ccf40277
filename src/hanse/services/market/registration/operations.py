"""Registration: uniform conditions, any window, one deciding city, a licence checked anywhere."""

from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import select

from hanse.foundation.identifiers import CreditCodeInRegister
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.uniform_rules import RuleBook, differences
from hanse.foundation.working_days import Day
from hanse.mechanisms.cases import answer_handlers_of, due_of, operations_of, refusal_handlers_of
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, Service, operation, topic
from hanse.mechanisms.exchange.parts import Need
from hanse.services.market.registration import book, checks, licence, rules
from hanse.services.market.registration.codes import EntityStatus
from hanse.services.market.registration.contracts import (
    Application,
    Contract,
    Industry,
    TradeName,
)
from hanse.services.market.registration.deregistration import DEREGISTRATION
from hanse.services.market.registration.parameters import RegistrationParameters
from hanse.services.market.registration.procedure import APPLICATION
from hanse.services.market.registration.purposes import REGISTRATION, UNIFORMITY
from hanse.services.market.registration.tables import told_entities
from hanse.services.market.registration.told import EntityState


class NameQuestion(Contract):
    """A name that a window wants to hold before it files."""

    trade_name: TradeName
    industry: Industry


class NameHeld(Contract):
    """The name is held for the window until then."""

    until: Annotated[str, titled("保留至", "Held until")]


class Schema(Contract):
    """The uniform conditions that this city applies."""

    digest: Annotated[str, titled("摘要", "Digest")]
    book: Annotated[RuleBook, titled("统一登记条件", "Conditions")]


class SchemaOf(Contract):
    """The conditions of another city, to be compared with the own ones."""

    book: Annotated[RuleBook, titled("统一登记条件", "Conditions")]


class SchemaCompared(Contract):
    """Whether two cities apply the same conditions, and every difference: ours / theirs."""

    same: Annotated[bool, titled("一致", "The same")]
    digest: Annotated[str, titled("本市摘要", "Digest here")]
    differences: Annotated[tuple[str, ...], titled("差异", "Differences")]


class NoQuestion(Contract):
    """Nothing has to be said."""


class EntityQuestion(Contract):
    """Which entity of the register."""

    uscc: Annotated[CreditCodeInRegister, titled("统一社会信用代码", "Credit code")]


class SuspensionTerm(Contract):
    """A suspension of business that is filed, with those before it."""

    since: Annotated[Day, titled("开始日", "Since")]
    until: Annotated[Day, titled("结束日", "Until")]


class SuspensionFiling(EntityQuestion):
    """An entity files that it suspends its business."""

    wanted: SuspensionTerm
    earlier: Annotated[
        tuple[SuspensionTerm, ...], titled("以前的歇业", "Earlier ones", max_length=50)
    ] = ()


class SuspensionState(Contract):
    """The suspension, and when it is deemed ended at the latest."""

    status: Annotated[EntityStatus, titled("登记状态", "Status")]
    resumed_at_latest: Annotated[Day, titled("最迟恢复日", "Deemed resumed at the latest")]


@operation(
    "registration.reserve_name",
    Text("保留字号", "Hold a name"),
    purposes=(REGISTRATION,),
)
def reserve_name(transaction: Transaction, request: NameQuestion, context: Context) -> NameHeld:
    """Hold a trade name for a window for some minutes, so that two cannot file it at once."""
    parameters: RegistrationParameters = context.parameters
    until = context.now + timedelta(minutes=parameters.name_lock_minutes)
    holder = f"{context.caller.city}/{context.caller.organisation}"
    book.hold_name(transaction, request.trade_name, request.industry, holder, context.now, until)
    return NameHeld(until=until.isoformat())


@operation("registration.entity", Text("查询登记信息", "Look it up"), purposes=(REGISTRATION,))
def entity(transaction: Transaction, request: EntityQuestion, context: Context) -> EntityState:
    """What everybody may know of an entity of this city's register."""
    row = book.look_up(transaction, request.uscc)
    if row is None:
        raise book.ENTITY_UNKNOWN()
    name = Application.model_validate_json(row.document).name
    return EntityState(uscc=request.uscc, name=name, status=row.status)


@operation("registration.suspend", Text("歇业备案", "File a suspension"), reach=Reach.CITY)
def suspend(
    transaction: Transaction, request: SuspensionFiling, context: Context
) -> SuspensionState:
    """Note that an entity suspends its business, three years in all at most."""
    book.registered(transaction, request.uscc)
    earlier = tuple(rules.Suspension(one.since, one.until) for one in request.earlier)
    wanted = rules.Suspension(request.wanted.since, request.wanted.until)
    rules.check_suspension(earlier, wanted, context.parameters)
    book.set_status(transaction, request.uscc, EntityStatus.SUSPENDED, context.now)
    return SuspensionState(
        status=EntityStatus.SUSPENDED,
        resumed_at_latest=rules.resumed_on(earlier, wanted.since, context.parameters),
    )


@operation("registration.schema", Text("统一登记条件", "The uniform conditions"), reach=Reach.CITY)
def schema(transaction: Transaction, request: NoQuestion, context: Context) -> Schema:
    """The conditions, papers and days that this city applies today."""
    found = rules.SCHEMA.on(book.day_of(context.now))
    return Schema(digest=found.digest, book=found)


@operation(
    "registration.compare",
    Text("核对统一登记条件", "Compare the uniform conditions"),
    purposes=(UNIFORMITY,),
)
def compare(transaction: Transaction, request: SchemaOf, context: Context) -> SchemaCompared:
    """Whether another city's conditions are the ones applied here today; every difference."""
    ours = rules.SCHEMA.on(book.day_of(context.now))
    found = differences(ours, request.book)
    return SchemaCompared(same=not found, digest=ours.digest, differences=found)


@topic("registration.changed", Text("登记信息变更", "An entity changed"), purpose=REGISTRATION)
def changed(transaction: Transaction, state: EntityState, context: Context) -> None:
    """Keep what another city's register says, for tax, social security and credit here."""
    transaction.upsert(
        told_entities,
        {
            "city": context.caller.city,
            "uscc": state.uscc,
            "status": str(state.status),
            "document": state.model_dump_json(),
        },
        lambda new: {"status": new.status, "document": new.document},
    )


@operation("registration.known", Text("查询外市登记信息", "What was told"), reach=Reach.CITY)
def known(transaction: Transaction, request: EntityQuestion, context: Context) -> EntityState:
    """What another city has told of an entity that is not in this register."""
    document: Any = transaction.value(
        select(told_entities.c.document).where(told_entities.c.uscc == request.uscc).limit(1)
    )
    if document is None:
        raise book.ENTITY_UNKNOWN()
    return EntityState.model_validate_json(document)


SERVICE = Service(
    name="market.registration",
    title=Text("市场主体登记跨市通办", "Registration of enterprises at any window"),
    operations=(
        reserve_name,
        entity,
        known,
        suspend,
        schema,
        compare,
        checks.note_ban,
        checks.bans_in_force,
        licence.licence,
        *licence.LISTS.operations(),
        licence.check_licence,
        *operations_of(APPLICATION),
        *operations_of(DEREGISTRATION),
    ),
    topics=(changed,),
    answer_handlers={
        "registration.bans": checks.answered,
        **licence.LISTS.answer_handlers(),
        **answer_handlers_of(APPLICATION),
        **answer_handlers_of(DEREGISTRATION),
    },
    refusal_handlers={
        "registration.bans": checks.refused,
        **refusal_handlers_of(APPLICATION),
        **refusal_handlers_of(DEREGISTRATION),
    },
    due=(due_of(APPLICATION), due_of(DEREGISTRATION)),
    parameters=rules.DEFAULTS,
    credentials=(licence.CHECK,),
    summary=Text(
        "在任一城市的窗口申请登记，由住所所在地决定，各市条件一致",
        "Apply at any city's window; the city of the domicile decides, by the same conditions",
    ),
    needs=(Need(Text("我要在另一城市开办企业", "I open a business in another city")),),
)
