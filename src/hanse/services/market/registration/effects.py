"""What the steps of a registration do in the city that registers, with the step.

At the authority, which keeps the case, a refusal here refuses the step and changes nothing.
"""

from hanse.foundation.credentials import Status
from hanse.foundation.credentials.register import set_status as set_credential_status
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import Case, Family, Step, take
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.due import NODE_ORGANISATION
from hanse.services.market.registration import book, checks, rules
from hanse.services.market.registration.codes import EntityStatus, MatterKind
from hanse.services.market.registration.conditions import application_of, is_new
from hanse.services.market.registration.contracts import Application, LicenceGiven
from hanse.services.market.registration.parameters import RegistrationParameters
from hanse.services.market.registration.told import tell

TIMEKEEPER_WRONG = ProblemKind(
    "registration_timekeeper_wrong",
    422,
    Text("期限须由登记机关节点计时", "Only the authority's own node keeps the time"),
    Text(
        "请将“timekeeper”一方填为城市{city}、机构{node}",
        "Give the seat timekeeper to city {city}, organisation {node}",
    ),
)
APPLIED_LATE = ProblemKind(
    "registration_applied_late",
    409,
    Text("已超过公示期满后20日", "The 20 days after the notice are over"),
    Text("截止日为{until}，请重新公示", "They ended on {until}: give notice again"),
)
CODE_TAKEN = ProblemKind(
    "registration_code_taken",
    409,
    Text("该代码已登记给其他主体", "The code is another entity's"),
    Text("请重新赋码", "Have another code allotted"),
)


def on_application(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Hold the name, ask every city about the representative, note a change that is late."""
    if not _at(case, "authority", context):
        return
    application = application_of(case)
    _prepare(transaction, case, application, context)
    parameters: RegistrationParameters = context.parameters
    if application.matter is MatterKind.CHANGE and application.decided_on is not None:
        today = book.day_of(context.now)
        due = rules.change_due(application.decided_on, context.league.calendar, parameters)
        if today > due.due:
            take(
                transaction,
                _applications(),
                case,
                "authority",
                "note_late",
                context,
                reason=due.explanation.zh,
            )


def on_correction(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The corrected application is prepared like the first: its name and people may be others."""
    if _at(case, "authority", context):
        book.release_name(transaction, case.id)
        _prepare(transaction, case, application_of(case), context)


def on_approval(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Every city has answered that nothing bars the representative."""
    if _at(case, "authority", context):
        citizen_id = application_of(case).representative.citizen_id
        checks.require_clear(transaction, case.id, citizen_id, context)


def on_licence(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Enter the entity into the register; who left another city is struck off there."""
    application = application_of(case)
    uscc = LicenceGiven.model_validate(step.data).uscc
    if _at(case, "authority", context):
        if is_new(application) and book.look_up(transaction, uscc) is not None:
            raise CODE_TAKEN()
        book.keep(transaction, uscc, application, context.now)
        book.release_name(transaction, case.id)
        tell(transaction, uscc, application.name, EntityStatus.REGISTERED, context)
    if "former" in case.seats and _at(case, "former", context):
        _revoke(transaction, uscc)
        book.set_status(transaction, uscc, EntityStatus.MOVED_OUT, context.now)


def on_file(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The authority that is left has the entity in its register."""
    if _at(case, "former", context):
        application = application_of(case)
        book.registered(transaction, application.uscc or "")


def on_ending(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """An application that ends holds no name."""
    if _at(case, "authority", context):
        book.release_name(transaction, case.id)


def on_notice(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """The entity is registered here, and the authority's node keeps the time."""
    authority, timekeeper = case.seats["authority"], case.seats["timekeeper"]
    if (timekeeper.city, timekeeper.organisation) != (authority.city, NODE_ORGANISATION):
        raise TIMEKEEPER_WRONG(city=authority.city, node=NODE_ORGANISATION)
    if _at(case, "authority", context):
        book.registered(transaction, case.subject)


def on_ending_applied_for(
    transaction: Transaction, case: Case, step: Step, context: Context
) -> None:
    """In time: within 20 days after the notice, however late the clock's own step came."""
    if not _at(case, "authority", context):
        return
    noticed = book.day_of(case.deadlines["objection"].begun_at)
    until = rules.apply_until(noticed, context.league.calendar, context.parameters).due
    if book.day_of(context.now) > until:
        raise APPLIED_LATE(until=until)


def on_notice_ended(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Nobody objected while the notice ran: now the entity may apply."""
    _pass_time(transaction, case, "end_notice", context)


def on_departments_silent(
    transaction: Transaction, case: Case, step: Step, context: Context
) -> None:
    """No department objected within its days."""
    _pass_time(transaction, case, "no_objection", context)


def on_deregistration(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Strike the entity off; its electronic licence counts no more, and the cities are told."""
    if not _at(case, "authority", context):
        return
    row = book.registered(transaction, case.subject)
    _revoke(transaction, case.subject)
    book.set_status(transaction, case.subject, EntityStatus.DEREGISTERED, context.now)
    name = Application.model_validate_json(row.document).name
    tell(transaction, case.subject, name, EntityStatus.DEREGISTERED, context)


def _prepare(
    transaction: Transaction, case: Case, application: Application, context: Context
) -> None:
    if application.matter is MatterKind.CHANGE:
        book.registered(transaction, application.uscc or "")
    window = case.seats["window"]
    book.hold_name(
        transaction,
        application.trade_name,
        application.industry,
        case.id,
        context.now,
        None,
        application.uscc,
        instead_of=f"{window.city}/{window.organisation or window.city}",
    )
    checks.ask_everywhere(transaction, case.id, application.representative.citizen_id, context)


def _revoke(transaction: Transaction, uscc: str) -> None:
    row = book.look_up(transaction, uscc)
    if row is not None and row.credential_id is not None:
        set_credential_status(transaction, row.credential_id, Status.REVOKED)


def _pass_time(transaction: Transaction, case: Case, action: str, context: Context) -> None:
    if _at(case, "authority", context):
        take(transaction, _deregistrations(), case, "timekeeper", action, context)


def _applications() -> Family:
    from hanse.services.market.registration.procedure import APPLICATION

    return Family((APPLICATION,))


def _deregistrations() -> Family:
    from hanse.services.market.registration.deregistration import DEREGISTRATION

    return Family((DEREGISTRATION,))


def _at(case: Case, role: str, context: Context) -> bool:
    return case.seats[role].city == context.city
