"""One expert's work on a matter: asked, accepted, delivered, taken. The expert's city keeps it.

That city holds the newest declarations of interest, so it refuses whom it may not engage: when the
matter is asked, when it is accepted, and once more when the opinion is delivered.
"""

from datetime import date
from typing import Final

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Case,
    Deadline,
    DocumentKind,
    Flag,
    FormTerm,
    Procedure,
    Role,
    Stage,
    Status,
    Step,
    SubjectKind,
)
from hanse.mechanisms.cases.deadlines import local_day
from hanse.mechanisms.exchange.context import Context
from hanse.services.governance.experts import book, rules
from hanse.services.governance.experts.contracts import (
    Acceptance,
    Asked,
    Contract,
    Opinion,
    WorkingDays,
)
from hanse.services.governance.experts.purposes import EXPERTS

ANSWER_WORKING_DAYS: Final = 5
"""[P] within which an expert's office says whether the expert takes a matter on."""


class MoreTime(Contract):
    """How much longer it may take, or the work that is left."""

    working_days: WorkingDays


def asked_of(case: Case) -> Asked:
    """The matter and the expert of a case."""
    return Asked.model_validate(case.data[OPENING])


def may_take_on(case: Case, form: Acceptance, day: date) -> None:
    """No longer than was asked for, and with the expert's word that there is no other interest."""
    days = asked_of(case).matter.working_days
    if form.working_days > days:
        raise rules.EXPERT_DAYS_TOO_LONG(days=days)
    if not form.no_other_interest:
        raise rules.EXPERT_NOT_CONFIRMED()


def fits_matter(case: Case, form: Opinion, day: date) -> None:
    """An evaluation scores each criterion."""
    rules.check_opinion(form, asked_of(case).matter)


def note(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Keep where the work stands, in both cities; a withdrawn opinion counts no more."""
    asked = asked_of(case)
    said = case.data.get("deliver") if case.stage in ("delivered", "taken") else None
    opinion = None if said is None else Opinion.model_validate(said)
    book.keep_engagement(transaction, case.id, asked.matter, asked.expert, case.stage, opinion)


def engage(transaction: Transaction, case: Case, step: Step, context: Context) -> None:
    """Refuse an expert with an interest, in the city that holds the declarations; then note."""
    if case.seats["host"].city == context.city:
        check_engageable(transaction, asked_of(case), case.seats["asker"].city, context)
    note(transaction, case, step, context)


def check_engageable(transaction: Transaction, asked: Asked, asker: str, context: Context) -> None:
    """The expert is of this roster, the matter of the asking city; nothing stands against it."""
    matter = asked.matter
    if rules.city_of(matter.id) != asker:
        raise rules.EXPERT_NOT_OURS(city=rules.city_of(matter.id))
    profile = book.need(transaction, asked.expert)
    if rules.city_of(profile.id) != context.city:
        raise rules.EXPERT_NOT_OURS(city=rules.city_of(profile.id))
    rules.check_speciality(profile, matter)
    worked_on = book.worked_on(transaction, profile.id)
    rules.check_free(profile, matter, worked_on, local_day(context.now), context.parameters)


CONSULTATION: Final = Procedure(
    name="experts.consultation",
    version=1,
    title=Text("专家咨询、研究与评估", "Consultation, research and evaluation by an expert"),
    purpose=EXPERTS,
    subject=SubjectKind.THING,
    roles=(
        Role("asker", Text("委托机构", "The office that asks")),
        Role("host", Text("专家联络机构", "The expert's office")),
    ),
    keeper="host",
    stages=(
        Stage("asked", Text("已委托", "Asked"), Status.SUBMITTED),
        Stage("working", Text("专家工作中", "The expert is at work"), Status.IN_PROGRESS),
        Stage("delivered", Text("已提交意见", "Delivered"), Status.DECIDED),
        Stage("taken", Text("意见已采纳存档", "Taken"), Status.COMPLETED),
        Stage("declined", Text("专家谢绝", "Declined"), Status.REFUSED),
        Stage("recused", Text("专家回避", "The expert stands aside"), Status.REFUSED),
        Stage("withdrawn", Text("委托撤回", "Withdrawn"), Status.WITHDRAWN),
    ),
    flags=(Flag("late", Text("逾期", "Overdue")),),
    deadlines=(
        Deadline(
            "answer",
            Text("答复期限", "To be answered"),
            Term(ANSWER_WORKING_DAYS, TermUnit.WORKING_DAYS),
            actor="host",
            escalates_to="asker",
            sets=("late",),
        ),
        Deadline(
            "deliver",
            Text("提交意见期限", "To be delivered"),
            FormTerm("working_days", TermUnit.WORKING_DAYS),
            actor="host",
            escalates_to="asker",
            extension=FormTerm("working_days", TermUnit.WORKING_DAYS),
            sets=("late",),
        ),
    ),
    documents=(DocumentKind("report", Text("研究或评估报告", "Report")),),
    opening=Action(
        OPENING,
        Text("委托专家", "Ask an expert"),
        by=("asker",),
        to="asked",
        form=Asked,
        starts=("answer",),
        notifies=("host",),
        effect=engage,
    ),
    actions=(
        Action(
            "accept",
            Text("接受委托", "Take it on"),
            by=("host",),
            from_stages=("asked",),
            to="working",
            form=Acceptance,
            ends=("answer",),
            starts=("deliver",),
            notifies=("asker",),
            rule=may_take_on,
            effect=engage,
        ),
        Action(
            "decline",
            Text("谢绝委托", "Decline"),
            by=("host",),
            from_stages=("asked",),
            to="declined",
            needs_reason=True,
            ends=("answer",),
            notifies=("asker",),
            effect=note,
        ),
        Action(
            "deliver",
            Text("提交意见", "Deliver the opinion"),
            by=("host",),
            from_stages=("working",),
            to="delivered",
            form=Opinion,
            ends=("deliver",),
            notifies=("asker",),
            rule=fits_matter,
            effect=engage,
        ),
        Action(
            "take",
            Text("采纳存档", "Take the opinion"),
            by=("asker",),
            from_stages=("delivered",),
            to="taken",
            notifies=("host",),
            effect=note,
        ),
        Action(
            "send_back",
            Text("退回补充", "Send back"),
            by=("asker",),
            from_stages=("delivered",),
            to="working",
            form=MoreTime,
            needs_reason=True,
            starts=("deliver",),
            notifies=("host",),
            effect=note,
        ),
        Action(
            "extend",
            Text("延长期限", "Extend"),
            by=("asker",),
            from_stages=("working",),
            form=MoreTime,
            needs_reason=True,
            extends=("deliver",),
            notifies=("host",),
            is_expected=False,
        ),
        Action(
            "recuse",
            Text("回避", "Stand aside"),
            by=("host",),
            from_stages=("asked", "working", "delivered"),
            to="recused",
            needs_reason=True,
            notifies=("asker",),
            is_expected=False,
            effect=note,
        ),
        Action(
            "withdraw",
            Text("撤回委托", "Withdraw"),
            by=("asker",),
            from_stages=("asked", "working", "delivered"),
            to="withdrawn",
            needs_reason=True,
            notifies=("host",),
            is_expected=False,
            effect=note,
        ),
    ),
)
