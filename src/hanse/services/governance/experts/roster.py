"""The roster: kept by each city for its own experts, known to all; a declaration recuses."""

from typing import Annotated, Final

from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import Family, take
from hanse.mechanisms.cases import book as case_book
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation, topic
from hanse.services.governance.experts import book, rules
from hanse.services.governance.experts.consultation import CONSULTATION
from hanse.services.governance.experts.contracts import (
    Contract,
    ExpertId,
    Matter,
    Profile,
    Speciality,
)
from hanse.services.governance.experts.purposes import EXPERTS

FAMILY: Final = Family((CONSULTATION,))
RUNNING: Final = ("asked", "working", "delivered")
BECAUSE: Final = "新申报的利益关系涉及本事项相关方：{parties} / a declared interest in {parties}"


class Entered(Contract):
    """The entry stands; every city is being told; from these cases the expert stands aside."""

    version: Annotated[int, titled("版本", "Version")]
    cities_told: Annotated[int, titled("正在通知的城市数", "Cities being told")]
    recused: Annotated[tuple[str, ...], titled("回避的案件", "Cases stood aside from")]


class RosterQuestion(Contract):
    """A page of the roster, by numbers."""

    speciality: Annotated[Speciality | None, titled("专业领域", "Speciality")] = None
    after: ExpertId | None = None


class RosterPage(Contract):
    """Experts, and where the next page begins."""

    experts: Annotated[tuple[Profile, ...], titled("专家", "Experts")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class ExpertName(Contract):
    """An expert by number."""

    expert: ExpertId


@operation("experts.enter", Text("登记专家或申报利益", "Enter or declare"), reach=Reach.CITY)
def enter(transaction: Transaction, request: Profile, context: Context) -> Entered:
    """Enter an expert of this city, or the next version: interests are declared so.

    From running work that an interest now concerns the expert stands aside at once.
    """
    if rules.city_of(request.id) != context.city:
        raise rules.EXPERT_NOT_OURS(city=rules.city_of(request.id))
    rules.check_profile(request, book.profile(transaction, request.id))
    book.keep(transaction, request)
    told = context.publish(transaction, "experts.entered", request)
    recused = _recuse(transaction, request, context)
    return Entered(version=request.version, cities_told=told, recused=recused)


def _recuse(transaction: Transaction, profile: Profile, context: Context) -> tuple[str, ...]:
    today = local_day(context.now)
    found = []
    for row in book.engagements_of(transaction, profile.id, RUNNING):
        matter = Matter.model_validate_json(row.document)
        against = rules.conflicts(profile.interests, matter.concerned, today, context.parameters)
        if against:
            case = case_book.need(transaction, CONSULTATION.name, row.case_id)
            reason = BECAUSE.format(parties=", ".join(against))
            take(transaction, FAMILY, case, "host", "recuse", context, reason=reason)
            found.append(row.case_id)
    return tuple(found)


@topic("experts.entered", Text("专家信息", "An expert's entry"), purpose=EXPERTS)
def entered(transaction: Transaction, profile: Profile, context: Context) -> None:
    """Keep what the expert's city entered; an interest that it lost is refused here too."""
    if rules.city_of(profile.id) != context.caller.city:
        raise rules.EXPERT_NOT_OURS(city=rules.city_of(profile.id))
    held = book.profile(transaction, profile.id)
    if held is not None and profile.version <= held.version:
        raise rules.EXPERT_VERSION_WRONG(expected=held.version + 1)
    rules.check_interests(profile, held)
    book.keep(transaction, profile)


@operation("experts.roster", Text("专家名册", "The roster"), reach=Reach.CITY)
def roster(transaction: Transaction, request: RosterQuestion, context: Context) -> RosterPage:
    """A page of the roster of all cities; of a speciality, those of the page who have it."""
    found = book.page(transaction, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    wanted = request.speciality
    return RosterPage(
        experts=tuple(one for one in shown if wanted is None or wanted in one.specialities),
        next_after=shown[-1].id if more else None,
    )


@operation("experts.expert", Text("查看专家", "View an expert"), reach=Reach.CITY)
def view(transaction: Transaction, request: ExpertName, context: Context) -> Profile:
    """An expert's entry in its newest version."""
    return book.need(transaction, request.expert)


OPERATIONS: Final[tuple[Operation, ...]] = (enter, roster, view)
