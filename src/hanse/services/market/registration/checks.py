"""Whether anything bars a person anywhere: asked of every city before an entity is registered.

Each city keeps its own bans and answers for them alone. An approval waits until all have answered:
a city that cannot be reached holds it up, visibly, and nobody is registered past it.
"""

from typing import Annotated, Any, Final

from sqlalchemy import select, update

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Reach, operation
from hanse.services.market.registration import book, rules
from hanse.services.market.registration.codes import BanKind, CheckState
from hanse.services.market.registration.contracts import Contract
from hanse.services.market.registration.purposes import REGISTRATION
from hanse.services.market.registration.tables import bans, person_checks

CHECKS_NOT_COMPLETE = ProblemKind(
    "registration_checks_not_complete",
    409,
    Text("尚有城市未答复任职限制查询", "Not every city has answered about the representative"),
    Text("等待答复：{cities}", "Still waited for: {cities}"),
    retry=True,
)
BANNED_ELSEWHERE = ProblemKind(
    "registration_banned_elsewhere",
    403,
    Text("其他城市登记有任职限制", "Another city has a ban on the representative"),
    Text("请向{cities}核实或更换人选", "Ask {cities}, or name somebody else"),
)
BAN_KNOWN = ProblemKind(
    "registration_ban_known",
    409,
    Text("该编号的限制已登记", "A ban of this number was noted before"),
    Text("请核对编号", "Check its number"),
)

CITIES_ASKED_MAX: Final = 64


class Ban(Contract):
    """Something that bars a person from being a legal representative."""

    ban_id: Annotated[str, titled("编号", "Id", pattern="^[0-9A-Za-z-]{1,64}$", max_length=64)]
    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]
    kind: Annotated[BanKind, titled("原因", "Kind")]
    since: Annotated[Day, titled("起始日", "Since")]
    lifted_on: Annotated[Day | None, titled("解除日", "Lifted on")] = None


class BanQuestion(Contract):
    """Whether this city has anything that bars a person today."""

    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]


class BanAnswer(Contract):
    """The kinds of ban that are in force; nothing of the case behind them."""

    kinds: Annotated[tuple[BanKind, ...], titled("限制原因", "Kinds", max_length=5)]


@operation(
    "registration.note_ban",
    Text("登记任职限制", "Note a ban"),
    reach=Reach.CITY,
    person=lambda request: request.citizen_id,
)
def note_ban(transaction: Transaction, request: Ban, context: Context) -> BanAnswer:
    """Note what bars a person, or that it was lifted; gives what is in force."""
    row = transaction.row(select(bans).where(bans.c.ban_id == request.ban_id))
    if row is not None and (row.citizen_id, row.kind, row.since) != (
        request.citizen_id,
        str(request.kind),
        request.since.isoformat(),
    ):
        raise BAN_KNOWN()
    transaction.upsert(
        bans,
        {
            "ban_id": request.ban_id,
            "citizen_id": request.citizen_id,
            "kind": str(request.kind),
            "since": request.since.isoformat(),
            "lifted_on": None if request.lifted_on is None else request.lifted_on.isoformat(),
        },
        lambda new: {"lifted_on": new.lifted_on},
    )
    return _answer(transaction, request.citizen_id, context)


@operation(
    "registration.bans",
    Text("查询任职限制", "Whether a person is barred"),
    purposes=(REGISTRATION,),
    person=lambda request: request.citizen_id,
)
def bans_in_force(transaction: Transaction, request: BanQuestion, context: Context) -> BanAnswer:
    """What bars a person in this city today, by its kind."""
    return _answer(transaction, request.citizen_id, context)


def ask_everywhere(
    transaction: Transaction, case_id: str, citizen_id: str, context: Context
) -> None:
    """Refuse who is barred here, and ask every other city, once for a case and a person."""
    today = book.day_of(context.now)
    rules.check_representative(book.bans_of(transaction, citizen_id), today, context.parameters)
    of_person = (person_checks.c.case_id == case_id, person_checks.c.citizen_id == citizen_id)
    if transaction.row(select(person_checks.c.city).where(*of_person)) is not None:
        return
    question = BanQuestion(citizen_id=citizen_id)
    for city in context.league.cities[:CITIES_ASKED_MAX]:
        if city == context.city:
            continue
        message_id = context.ask(
            transaction, city, "registration.bans", question, purpose=REGISTRATION.code
        )
        transaction.insert(
            person_checks,
            {
                "case_id": case_id,
                "citizen_id": citizen_id,
                "city": city,
                "message_id": message_id,
                "state": str(CheckState.ASKED),
            },
        )


def require_clear(
    transaction: Transaction, case_id: str, citizen_id: str, context: Context
) -> None:
    """Passes where nothing bars the person here and every other city has said the same."""
    today = book.day_of(context.now)
    rules.check_representative(book.bans_of(transaction, citizen_id), today, context.parameters)
    rows = transaction.rows(
        select(person_checks.c.city, person_checks.c.state)
        .where(person_checks.c.case_id == case_id, person_checks.c.citizen_id == citizen_id)
        .order_by(person_checks.c.city)
        .limit(CITIES_ASKED_MAX)
    )
    if barred := [row.city for row in rows if row.state == CheckState.BANNED]:
        raise BANNED_ELSEWHERE(cities=", ".join(barred))
    if waiting := [row.city for row in rows if row.state != CheckState.CLEAR]:
        raise CHECKS_NOT_COMPLETE(cities=", ".join(waiting))


def answered(transaction: Transaction, answer: dict[str, Any], context: Context) -> None:
    """Another city has said whether it bars the person."""
    found = BanAnswer.model_validate(answer)
    _note(transaction, context, CheckState.BANNED if found.kinds else CheckState.CLEAR)


def refused(transaction: Transaction, problem: dict[str, Any], context: Context) -> None:
    """Another city has refused to say: that clears nobody."""
    _note(transaction, context, CheckState.REFUSED)


def _note(transaction: Transaction, context: Context, state: CheckState) -> None:
    transaction.execute(
        update(person_checks)
        .where(person_checks.c.message_id == context.message_id)
        .values(state=str(state))
    )


def _answer(transaction: Transaction, citizen_id: str, context: Context) -> BanAnswer:
    known = book.bans_of(transaction, citizen_id)
    today = book.day_of(context.now)
    return BanAnswer(kinds=rules.in_force(known, today, context.parameters))
