"""The transfer of a pension relation, declared once: 国办发〔2009〕66号, article 8.

The new agency keeps the case: it reviews within 15 working days, the origin processes within 15,
the new agency receives within 15. Within 10 the origin says what can move (人社厅发〔2019〕94号).
Terms follow the league's limit profile.
"""

from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.foundation.working_days import Term, TermUnit
from hanse.mechanisms.cases import (
    OPENING,
    Action,
    Condition,
    Deadline,
    DocumentKind,
    Flag,
    Procedure,
    Role,
    Stage,
    Status,
    SubjectKind,
)
from hanse.services.social.pensions import conditions, effects
from hanse.services.social.pensions.contracts import InformationSheet, Letter
from hanse.services.social.pensions.forms import (
    Application,
    Death,
    FundsSent,
    Receipt,
    Return,
    Unmovable,
)
from hanse.services.social.pensions.purposes import TRANSFER_PURPOSE


def _working_days(count: int) -> Term:
    return Term(count, TermUnit.WORKING_DAYS)


def _review(parameters: Any) -> Term:
    return _working_days(parameters.limits.terms.review)


def _origin(parameters: Any) -> Term:
    return _working_days(parameters.limits.terms.origin)


def _receive(parameters: Any) -> Term:
    return _working_days(parameters.limits.terms.receive)


def _notice(parameters: Any) -> Term:
    return _working_days(parameters.limits.unmovable_notice)


ROLES: Final = (
    Role("applicant", Text("参保人员或新用人单位", "Worker or new employer")),
    Role("destination", Text("新参保地经办机构", "New agency")),
    Role("origin", Text("原参保地经办机构", "Origin agency")),
    Role("treasury", Text("原参保地节点（基金账）", "The origin's node: its fund's ledger")),
    Role("supervisor", Text("主管部门", "Supervising department")),
)

STAGES: Final = (
    Stage("applied", Text("待审核", "To be reviewed"), Status.SUBMITTED),
    Stage("origin_processing", Text("原参保地办理", "At the origin"), Status.IN_PROGRESS),
    Stage("receiving", Text("待接收", "To be received"), Status.IN_PROGRESS),
    Stage("returned", Text("已退回原参保地", "Returned to the origin"), Status.RETURNED),
    Stage("merged", Text("已办结", "Merged"), Status.COMPLETED),
    Stage("temporary", Text("已建临时账户", "Temporary account opened"), Status.COMPLETED),
    Stage("rejected", Text("不予接续", "Rejected"), Status.REFUSED),
    Stage("cancelled", Text("已撤回", "Cancelled"), Status.WITHDRAWN),
    Stage("ended_by_death", Text("因死亡终止", "Ended by death"), Status.WITHDRAWN),
)

FLAGS: Final = (
    Flag("partial", Text("部分转移", "Partial")),
    Flag("funds_sent", Text("资金已划转", "Funds sent")),
    Flag("deceased", Text("人员已死亡", "The person died")),
    Flag("overdue", Text("逾期", "Overdue")),
)

DEADLINES: Final = (
    Deadline(
        "review",
        Text("审核申请", "Review"),
        _review,
        actor="destination",
        escalates_to="supervisor",
        sets=("overdue",),
    ),
    Deadline(
        "origin",
        Text("原参保地办理", "Origin's processing"),
        _origin,
        actor="origin",
        escalates_to="supervisor",
        sets=("overdue",),
    ),
    Deadline(
        "unmovable",
        Text("核对并书面告知不予转移部分", "Check, and written notice of what cannot move"),
        _notice,
        actor="origin",
        escalates_to="supervisor",
    ),
    Deadline(
        "receive",
        Text("接收并合并", "Reception"),
        _receive,
        actor="destination",
        escalates_to="supervisor",
        sets=("overdue",),
    ),
)

PENSION_OPENING: Final = Action(
    OPENING,
    Text("申请转移接续", "Apply"),
    by=("applicant",),
    to="applied",
    form=Application,
    starts=("review",),
    notifies=("destination",),
    rule=conditions.application_is_right,
    effect=effects.on_application,
)

REVIEW: Final = (
    Action(
        "accept",
        Text("同意接收并发函", "Accept: letter of consent"),
        by=("destination",),
        from_stages=("applied",),
        to="origin_processing",
        clears=("overdue",),
        form=Letter,
        ends=("review",),
        starts=("origin", "unmovable"),
        notifies=("origin",),
        rule=conditions.letter_is_right,
        effect=effects.on_letter,
    ),
    Action(
        "open_temporary",
        Text("建立临时账户", "Open a temporary account"),
        by=("destination",),
        from_stages=("applied",),
        to="temporary",
        clears=("overdue",),
        ends=("review",),
        notifies=("origin", "applicant"),
        effect=effects.on_temporary,
    ),
    Action(
        "reject",
        Text("不予接续", "Reject"),
        by=("destination",),
        from_stages=("applied",),
        to="rejected",
        needs_reason=True,
        ends=("review",),
        notifies=("applicant",),
    ),
)

AT_ORIGIN: Final = (
    Action(
        "confirm_whole",
        Text("核对完毕，可全部转移", "Checked: all of it can move"),
        by=("origin",),
        from_stages=("origin_processing",),
        when=(Condition("partial", Text("已告知有不予转移部分", "a part stays"), is_set=False),),
        is_expected=False,
        ends=("unmovable",),
    ),
    Action(
        "announce_unmovable",
        Text("书面告知不予转移部分", "Tell in writing what cannot move"),
        by=("origin",),
        from_stages=("origin_processing",),
        when=(Condition("partial", Text("已告知过", "it was announced already"), is_set=False),),
        sets=("partial",),
        form=Unmovable,
        needs_reason=True,
        documents=("unmovable_notice",),
        is_expected=False,
        ends=("unmovable",),
        notifies=("applicant", "destination"),
        rule=conditions.unmovable_is_right,
    ),
    Action(
        "send_sheet",
        Text("发出信息表", "Send the sheet"),
        by=("origin",),
        from_stages=("origin_processing", "returned"),
        to="receiving",
        clears=("overdue",),
        form=InformationSheet,
        ends=("unmovable",),
        notifies=("destination",),
        rule=conditions.sheet_is_right,
        effect=effects.on_sheet,
    ),
    Action(
        "send_funds",
        Text("划转资金", "Send the funds"),
        by=("treasury",),
        from_stages=("receiving",),
        when=(Condition("funds_sent", Text("资金已划转", "they were sent"), is_set=False),),
        sets=("funds_sent",),
        form=FundsSent,
        is_expected=False,  # the origin's node takes it, once its ledger holds the money as sent
        ends=("origin",),
        starts=("receive",),
        notifies=("destination",),
        rule=conditions.funds_are_right,
    ),
)

RECEPTION: Final = (
    Action(
        "receive",
        Text("核对合并", "Reconcile and merge"),
        by=("destination",),
        from_stages=("receiving",),
        to="merged",
        when=(Condition("funds_sent", Text("资金尚未划转", "the funds were not sent yet")),),
        form=Receipt,
        ends=("receive",),
        notifies=("applicant", "origin"),
        rule=conditions.receipt_is_right,
        effect=effects.on_receipt,
    ),
    Action(
        "return_sheet",
        Text("退回更正", "Return for correction"),
        by=("destination",),
        from_stages=("receiving",),
        to="returned",
        form=Return,
        needs_reason=True,
        clears=("funds_sent",),
        ends=("origin", "receive"),
        starts=("origin",),
        notifies=("origin",),
        effect=effects.on_return,
    ),
)

ENDINGS: Final = (
    Action(
        "cancel",
        Text("撤回申请", "Cancel"),
        by=("applicant", "destination"),
        from_stages=("applied", "origin_processing", "returned"),
        to="cancelled",
        needs_reason=True,
        is_expected=False,
        notifies=("origin", "destination"),
        effect=effects.on_ending,
    ),
    Action(
        "report_death",
        Text("登记死亡并终止转移", "Report a death: nothing moves"),
        by=("applicant", "destination", "origin"),
        from_stages=("applied", "origin_processing", "returned"),
        to="ended_by_death",
        form=Death,
        is_expected=False,
        sets=("deceased",),
        notifies=("origin", "destination"),
        rule=conditions.death_is_right,
        effect=effects.on_ending,
    ),
    Action(
        "note_death",
        Text("登记死亡，继续接收", "Note a death: what was sent is received"),
        by=("applicant", "destination", "origin"),
        from_stages=("receiving",),
        when=(Condition("deceased", Text("已登记", "it is noted already"), is_set=False),),
        form=Death,
        is_expected=False,
        sets=("deceased",),
        notifies=("destination",),
        rule=conditions.death_is_right,
    ),
)

PENSION_TRANSFER: Final = Procedure(
    name="social.pension_transfer",
    version=1,
    title=Text("养老保险关系转移接续", "Transfer of a pension relation"),
    purpose=TRANSFER_PURPOSE,
    subject=SubjectKind.PERSON,
    roles=ROLES,
    keeper="destination",
    stages=STAGES,
    opening=PENSION_OPENING,
    actions=(*REVIEW, *AT_ORIGIN, *RECEPTION, *ENDINGS),
    flags=FLAGS,
    deadlines=DEADLINES,
    documents=(
        DocumentKind("unmovable_notice", Text("不予转移告知书", "Notice of what cannot move")),
        DocumentKind("back_payment_proof", Text("补缴依据文书", "Proof of a back payment")),
    ),
)
