"""Asking experts on a matter: whom one may ask, and what their answers come to."""

from typing import Annotated, Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import Seat
from hanse.mechanisms.cases.acting import start
from hanse.mechanisms.cases.contracts import Start
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.operations import Operation, Reach, operation
from hanse.services.governance.experts import book, rules
from hanse.services.governance.experts.contracts import (
    Asked,
    Candidate,
    Contract,
    ExpertId,
    Matter,
    MatterId,
    Opinion,
    Result,
    Work,
)
from hanse.services.governance.experts.roster import FAMILY

MATTER_CHANGED = ProblemKind(
    "expert_matter_changed",
    409,
    Text("该事项已按其他内容委托", "The matter was asked in other words"),
    Text("请对各专家提出同一问题，或使用新的编号", "Ask all experts alike, or use another number"),
)


class CandidatesQuestion(Contract):
    """A page of the roster, for a matter."""

    matter: Annotated[Matter, titled("事项", "Matter")]
    after: ExpertId | None = None


class Candidates(Contract):
    """The experts of the matter's speciality on this page, with what stands against them."""

    candidates: Annotated[tuple[Candidate, ...], titled("候选专家", "Candidates")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class Started(Contract):
    """The case in which the expert's office answers."""

    case: Annotated[str, titled("案件编号", "Case")]


class MattersQuestion(Contract):
    """A page of this city's matters, by numbers."""

    after: MatterId | None = None


class MattersPage(Contract):
    """Matters, and where the next page begins."""

    matters: Annotated[tuple[Matter, ...], titled("事项", "Matters")]
    next_after: Annotated[str | None, titled("续查起点", "Continue after")] = None


class MatterName(Contract):
    """A matter by number."""

    matter: MatterId


class Engagement(Contract):
    """An expert's work on the matter."""

    case: Annotated[str, titled("案件编号", "Case")]
    expert: ExpertId
    stage: Annotated[str, titled("阶段", "Stage")]
    opinion: Annotated[Opinion | None, titled("意见", "Opinion")] = None


class MatterView(Contract):
    """A matter with all who were asked, and of an evaluation what their scores come to."""

    matter: Annotated[Matter, titled("事项", "Matter")]
    engagements: Annotated[tuple[Engagement, ...], titled("专家工作", "Experts' work")]
    result: Annotated[Result | None, titled("评估结果", "Result")] = None


@operation("experts.candidates", Text("候选专家", "Candidates"), reach=Reach.CITY)
def candidates(
    transaction: Transaction, request: CandidatesQuestion, context: Context
) -> Candidates:
    """The experts of a matter's speciality, and for each the parties it has an interest in."""
    found = book.page(transaction, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    today, matter = local_day(context.now), request.matter
    return Candidates(
        candidates=tuple(
            Candidate(
                expert=one.id,
                name=one.name,
                city=rules.city_of(one.id),
                conflicts=rules.conflicts(
                    one.interests, matter.concerned, today, context.parameters
                ),
            )
            for one in shown
            if matter.speciality in one.specialities and not one.has_left
        ),
        next_after=shown[-1].id if more else None,
    )


@operation("experts.ask", Text("委托专家", "Ask an expert"), reach=Reach.CITY)
def ask(transaction: Transaction, request: Asked, context: Context) -> Started:
    """Ask an expert on a matter of this city; every expert is asked in the same words."""
    matter = request.matter
    if rules.city_of(matter.id) != context.city:
        raise rules.EXPERT_NOT_OURS(city=rules.city_of(matter.id))
    known = book.matter(transaction, matter.id)
    if known is not None and known != matter:
        raise MATTER_CHANGED()
    profile = book.need(transaction, request.expert)
    rules.check_speciality(profile, matter)
    worked_on = book.worked_on(transaction, profile.id)
    rules.check_free(profile, matter, worked_on, local_day(context.now), context.parameters)
    if known is None:
        book.keep_matter(transaction, matter)
    opening = Start(
        subject=f"{matter.id}/{profile.id}",
        seats={
            "asker": Seat(city=context.city, organisation=context.caller.organisation),
            "host": Seat(city=rules.city_of(profile.id), organisation=profile.office),
        },
        role="asker",
        data=request.model_dump(mode="json"),
    )
    return Started(case=start(transaction, FAMILY, opening, context).case)


@operation("experts.matters", Text("咨询事项列表", "List matters"), reach=Reach.CITY)
def list_matters(
    transaction: Transaction, request: MattersQuestion, context: Context
) -> MattersPage:
    """A page of the matters that this city has asked experts about."""
    found = book.matters_page(transaction, request.after)
    shown, more = found[: book.PAGE_ROWS_MAX], found[book.PAGE_ROWS_MAX :]
    return MattersPage(matters=tuple(shown), next_after=shown[-1].id if more else None)


@operation("experts.matter", Text("查看咨询事项", "View a matter"), reach=Reach.CITY)
def view(transaction: Transaction, request: MatterName, context: Context) -> MatterView:
    """A matter with the experts' work; only opinions that were taken count in its result."""
    matter = book.matter(transaction, request.matter)
    if matter is None:
        raise book.EXPERT_UNKNOWN(named=request.matter)
    work = [
        Engagement(
            case=row.case_id,
            expert=row.expert,
            stage=row.stage,
            opinion=None if row.opinion is None else Opinion.model_validate_json(row.opinion),
        )
        for row in book.engagements_on(transaction, request.matter)
    ]
    scores = [
        rules.weighted(matter.criteria, one.opinion.scores)
        for one in work
        if one.stage == "taken" and one.opinion is not None
    ]
    result = rules.result(scores, context.parameters)
    return MatterView(
        matter=matter,
        engagements=tuple(work),
        result=result if matter.work is Work.EVALUATION else None,
    )


OPERATIONS: Final[tuple[Operation, ...]] = (candidates, ask, list_matters, view)
