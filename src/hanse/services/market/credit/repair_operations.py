"""Repair of credit: an application, its steps with their deadlines, and the effect everywhere."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Day, read_reckoning
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.market.credit import book, rules, told
from hanse.services.market.credit.codes import (
    CreditSystem,
    RecordAction,
    RepairAction,
    RepairActor,
    RepairBasis,
    RepairStatus,
)
from hanse.services.market.credit.contracts import (
    CreditRecord,
    RecordReference,
    RepairApplication,
    RepairDecision,
)
from hanse.services.market.credit.parameters import CreditParameters
from hanse.services.market.credit.rules import RepairCase, RepairStep, Standing
from hanse.services.market.credit.tables import repairs

APPLICATION_UNKNOWN = ProblemKind(
    "credit_application_unknown",
    404,
    Text("没有该修复申请", "There is no such application"),
    Text("请核对申请编号 {application}", "Check the application's number {application}"),
)
APPLICATION_OPEN = ProblemKind(
    "credit_application_open",
    409,
    Text("该信息已有未办结的修复申请", "An application for this record is open already"),
    Text("请办理申请 {application}", "Go on with application {application}"),
)
CLOSED = frozenset(
    {
        RepairStatus.NOT_ACCEPTED,
        RepairStatus.REFUSED,
        RepairStatus.ABANDONED,
        RepairStatus.REVOKED,
        RepairStatus.IN_EFFECT,
    }
)


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ApplyRepair(_Contract):
    """An application with what the authorities know of the subject on this day.

    What is not stated counts against the subject.
    """

    application: Annotated[RepairApplication, titled("修复申请", "Application")]
    duty_done: Annotated[bool, titled("已履行义务", "The duties are done")] = False
    harm_removed: Annotated[bool, titled("已消除危害后果", "The harm is removed")] = False
    same_kind_again: Annotated[bool, titled("再次同类处罚", "Punished again for the same")] = True
    severely_again: Annotated[bool, titled("再次较重处罚", "Severely punished again")] = True
    on_abnormal_list: Annotated[bool, titled("在经营异常名录", "On the abnormal list")] = True
    barred_on: Annotated[Day | None, titled("失信申请日期", "Day of false material")] = None


class RepairState(_Contract):
    """Where an application stands, and by when what is due, in words."""

    application_id: Annotated[str, titled("申请编号", "Application")]
    record: Annotated[RecordReference, titled("信用信息", "Record")]
    status: Annotated[RepairStatus, titled("状态", "Status")]
    due_on: Annotated[Day | None, titled("期限", "Due on")] = None
    reckoning: Annotated[dict[str, Any] | None, titled("期限计算", "Reckoning")] = None


class StoredCase(_Contract):
    """An application as it is kept: what was done, and what was reckoned of it then."""

    system: CreditSystem
    basis: RepairBasis
    handler: RepairActor
    submitted_on: Day
    status: RepairStatus
    steps: tuple[RepairStep, ...]
    due: dict[str, Any] | None
    record: RecordReference


@operation("credit.apply_repair", Text("申请信用修复", "Apply for repair"), reach=Reach.CITY)
def apply_repair(transaction: Transaction, request: ApplyRepair, context: Context) -> RepairState:
    """Take an application for the repair of a record of this city, if its conditions are met."""
    parameters: CreditParameters = context.parameters
    application = request.application
    record = book.own(transaction, application.record, context.city)
    _refuse_second(transaction, record)
    today = book.day_of(context.now)
    listed = rules.on_serious_list(
        book.listed(transaction, [record.subject]), [record.subject], today, parameters
    )
    standing = Standing(
        duty_done=request.duty_done,
        harm_removed=request.harm_removed,
        same_kind_again=request.same_kind_again,
        severely_punished_again=request.severely_again,
        on_abnormal_list=request.on_abnormal_list,
        on_serious_list=listed,
        barred_on=request.barred_on,
    )
    rules.check_application(record, application, standing, today, parameters)
    calendar = context.league.calendar
    case = rules.submit(record.system, application.basis, today, calendar, parameters)
    application_id = context.new_id()
    transaction.insert(
        repairs,
        {
            "application_id": application_id,
            "record_id": record.record_id,
            "status": str(case.status),
            "due_on": _due_on(case),
            "document": _written(case, record),
        },
    )
    return _state(application_id, record, case)


@operation("credit.decide_repair", Text("办理信用修复", "A step of a repair"), reach=Reach.CITY)
def decide_repair(
    transaction: Transaction, request: RepairDecision, context: Context
) -> RepairState:
    """Accept, approve, refuse, put into effect or revoke; the other cities are told at once."""
    row = transaction.row(select(repairs).where(repairs.c.application_id == request.application_id))
    if row is None:
        raise APPLICATION_UNKNOWN(application=request.application_id)
    case, reference = _read(row.document)
    record = book.own(transaction, reference, context.city)
    step = RepairStep(
        request.action, _actor(request.action), book.day_of(context.now), request.reason
    )
    after = rules.take_step(
        case, step, context.league.calendar, context.parameters, request.missing
    )
    changed = _effect(case, after, record)
    if changed is not None:
        told.tell(transaction, changed, context)
        record = changed
    transaction.execute(
        update(repairs)
        .where(repairs.c.application_id == request.application_id)
        .values(status=str(after.status), due_on=_due_on(after), document=_written(after, record))
    )
    return _state(request.application_id, record, after)


def _effect(before: RepairCase, after: RepairCase, record: CreditRecord) -> CreditRecord | None:
    """What this very step does to the record; a later step with the same effect does nothing."""
    effect = rules.effect_on_record(after)
    if effect is None or effect is rules.effect_on_record(before):
        return None
    if effect is RecordAction.LIFT:
        return rules.lifted(record, record.version)
    if effect is RecordAction.REPAIR:
        return rules.repaired(record, record.version)
    return rules.restored(record, record.version)


def _actor(action: RepairAction) -> RepairActor:
    """Who takes this step when it comes through the city's own desk."""
    if action is RepairAction.ABANDON:
        return RepairActor.APPLICANT
    if action is RepairAction.SYNC:
        return RepairActor.SITE
    if action is RepairAction.TAKE_EFFECT:
        return RepairActor.HOLDER
    return RepairActor.AUTHORITY


def _refuse_second(transaction: Transaction, record: CreditRecord) -> None:
    rows = transaction.rows(
        select(repairs.c.application_id, repairs.c.status).where(
            repairs.c.record_id == record.record_id
        )
    )
    for row in rows:
        if row.status not in CLOSED:
            raise APPLICATION_OPEN(application=row.application_id)


def _due_on(case: RepairCase) -> str | None:
    return None if case.due is None else case.due.due.isoformat()


def _state(application_id: str, record: CreditRecord, case: RepairCase) -> RepairState:
    return RepairState(
        application_id=application_id,
        record=record.reference,
        status=case.status,
        due_on=None if case.due is None else case.due.due,
        reckoning=None if case.due is None else case.due.as_dict(),
    )


def _written(case: RepairCase, record: CreditRecord) -> str:
    stored = StoredCase(
        system=case.system,
        basis=case.basis,
        handler=case.handler,
        submitted_on=case.submitted_on,
        status=case.status,
        steps=case.steps,
        due=None if case.due is None else case.due.as_dict(),
        record=record.reference,
    )
    return stored.model_dump_json()


def _read(document: str) -> tuple[RepairCase, RecordReference]:
    """The case as it was kept: a deadline stays as it was reckoned, whatever changed since."""
    stored = StoredCase.model_validate_json(document)
    case = RepairCase(
        system=stored.system,
        basis=stored.basis,
        handler=stored.handler,
        submitted_on=stored.submitted_on,
        status=stored.status,
        due=None if stored.due is None else read_reckoning(stored.due),
        steps=stored.steps,
    )
    return case, stored.record
