"""Registration at any window, declared once: taken anywhere, decided by the competent city.

市场主体登记管理条例 articles 6, 17, 19, 24 and 27. The window's record of the opening is the
receipt. The authority of the domicile keeps the case: it decides on the spot or within three
working days, six where its head agrees. What has to be corrected is told once and completely. Who
moves applies at the new authority before moving; the old one hands its file over within three
months, and may keep it only for a reason.
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
from hanse.services.market.registration import conditions, effects
from hanse.services.market.registration.contracts import (
    Application,
    Correction,
    FileSent,
    LicenceGiven,
)
from hanse.services.market.registration.parameters import DEFAULTS
from hanse.services.market.registration.purposes import REGISTRATION


def _of(parameters: Any) -> Any:
    """The service's parameters; its defaults where a procedure is judged outside a service."""
    return DEFAULTS if parameters is None else parameters


def _decide(parameters: Any) -> Term:
    return Term(_of(parameters).decide_working_days, TermUnit.WORKING_DAYS)


def _extension(parameters: Any) -> Term:
    return Term(_of(parameters).extension_working_days, TermUnit.WORKING_DAYS)


def _file(parameters: Any) -> Term:
    return Term(_of(parameters).file_transfer_months, TermUnit.MONTHS)


ROLES: Final = (
    Role("window", Text("受理窗口", "Window")),
    Role("authority", Text("登记机关", "Registration authority")),
    Role("head", Text("登记机关负责人", "Head of the authority")),
    Role("former", Text("迁出地登记机关", "Authority that is left"), is_required=False),
)

STAGES: Final = (
    Stage("submitted", Text("已受理，待审核", "Submitted"), Status.SUBMITTED),
    Stage("correction", Text("一次告知补正", "To be corrected"), Status.RETURNED),
    Stage("approved", Text("准予登记", "Approved"), Status.DECIDED),
    Stage("licensed", Text("已核发执照", "Licensed"), Status.COMPLETED),
    Stage("refused", Text("不予登记", "Refused"), Status.REFUSED),
    Stage("withdrawn", Text("已撤回", "Withdrawn"), Status.WITHDRAWN),
)

FLAGS: Final = (
    Flag("complex", Text("情形复杂，已批准延期", "Complex")),
    Flag("corrected", Text("已补正", "Corrected")),
    Flag("asked_to_correct", Text("已一次告知", "Told what to correct")),
    Flag("file_requested", Text("已请求移送档案", "File asked for")),
    Flag("file_sent", Text("档案已移送", "File sent")),
    Flag("late", Text("逾期申请变更", "Applied for late")),
    Flag("overdue", Text("办理逾期", "Overdue")),
)

DEADLINES: Final = (
    Deadline(
        "decide",
        Text("作出登记决定", "Decide"),
        _decide,
        actor="authority",
        escalates_to="head",
        extension=_extension,
        sets=("overdue",),
    ),
    Deadline(
        "file",
        Text("移送登记档案", "Hand the file over"),
        _file,
        actor="former",
        escalates_to="head",
    ),
)

REGISTRATION_OPENING: Final = Action(
    OPENING,
    Text("受理申请", "Take an application"),
    by=("window",),
    to="submitted",
    form=Application,
    starts=("decide",),
    notifies=("authority",),
    rule=conditions.application_is_right,
    effect=effects.on_application,
)

REVIEW: Final = (
    Action(
        "request_correction",
        Text("一次性告知补正", "Tell once what to correct"),
        by=("authority",),
        from_stages=("submitted",),
        to="correction",
        when=(
            Condition(
                "asked_to_correct", Text("已告知过一次", "it was told once already"), is_set=False
            ),
        ),
        sets=("asked_to_correct",),
        form=Correction,
        needs_reason=True,
        is_expected=False,
        pauses=("decide",),
        notifies=("window",),
    ),
    Action(
        "correct",
        Text("提交补正", "Correct"),
        by=("window",),
        from_stages=("correction",),
        to="submitted",
        sets=("corrected",),
        form=Application,
        resumes=("decide",),
        notifies=("authority",),
        rule=conditions.correction_is_right,
        effect=effects.on_correction,
    ),
    Action(
        "extend",
        Text("批准延长三个工作日", "Extend by three working days"),
        by=("head",),
        from_stages=("submitted",),
        when=(Condition("complex", Text("已延长过", "it was extended before"), is_set=False),),
        sets=("complex",),
        needs_reason=True,
        is_expected=False,
        extends=("decide",),
        notifies=("window", "authority"),
    ),
    Action(
        "note_late",
        Text("记录逾期申请", "Note that it is late"),
        by=("authority",),
        from_stages=("submitted",),
        when=(Condition("late", Text("已记录", "it is noted"), is_set=False),),
        sets=("late",),
        needs_reason=True,
        is_expected=False,
    ),
    Action(
        "approve",
        Text("准予登记", "Approve"),
        by=("authority",),
        from_stages=("submitted",),
        to="approved",
        clears=("overdue",),
        ends=("decide",),
        notifies=("window",),
        rule=conditions.may_be_approved,
        effect=effects.on_approval,
    ),
    Action(
        "refuse",
        Text("不予登记", "Refuse"),
        by=("authority",),
        from_stages=("submitted",),
        to="refused",
        needs_reason=True,
        is_expected=False,
        ends=("decide",),
        notifies=("window",),
        effect=effects.on_ending,
    ),
    Action(
        "license",
        Text("赋码并核发执照", "Give the code and the licence"),
        by=("authority",),
        from_stages=("approved",),
        to="licensed",
        form=LicenceGiven,
        notifies=("window",),
        rule=conditions.licence_is_right,
        effect=effects.on_licence,
    ),
    Action(
        "withdraw",
        Text("撤回申请", "Withdraw"),
        by=("window",),
        from_stages=("submitted", "correction"),
        to="withdrawn",
        needs_reason=True,
        is_expected=False,
        ends=("decide",),
        notifies=("authority",),
        effect=effects.on_ending,
    ),
)

MOVING: Final = (
    Action(
        "request_file",
        Text("请求移送档案", "Ask for the file"),
        by=("authority",),
        from_stages=("submitted",),
        when=(Condition("file_requested", Text("已请求", "it was asked for"), is_set=False),),
        sets=("file_requested",),
        is_expected=False,
        pauses=("decide",),
        starts=("file",),
        notifies=("former",),
        rule=conditions.concerns_a_move,
    ),
    Action(
        "send_file",
        Text("移送登记档案", "Hand the file over"),
        by=("former",),
        from_stages=("submitted",),
        when=(
            Condition("file_requested", Text("尚未请求移送", "it was not asked for")),
            Condition("file_sent", Text("已移送", "it was sent"), is_set=False),
        ),
        sets=("file_sent",),
        form=FileSent,
        documents=("registration_file",),
        is_expected=False,
        resumes=("decide",),
        ends=("file",),
        notifies=("authority",),
        rule=conditions.file_concerns_a_move,
        effect=effects.on_file,
    ),
    Action(
        "keep_file",
        Text("说明理由暂不移送", "Keep the file, for a reason"),
        by=("former",),
        from_stages=("submitted",),
        when=(
            Condition("file_requested", Text("尚未请求移送", "it was not asked for")),
            Condition("file_sent", Text("已移送", "it was sent"), is_set=False),
        ),
        to="correction",
        clears=("file_requested",),
        needs_reason=True,
        is_expected=False,
        ends=("file",),
        notifies=("authority", "window"),
        rule=conditions.concerns_a_move,
    ),
)

APPLICATION: Final = Procedure(
    name="market.registration_application",
    version=1,
    title=Text("市场主体登记跨市通办", "Registration at any window"),
    purpose=REGISTRATION,
    subject=SubjectKind.THING,
    roles=ROLES,
    keeper="authority",
    stages=STAGES,
    opening=REGISTRATION_OPENING,
    actions=(*REVIEW, *MOVING),
    flags=FLAGS,
    deadlines=DEADLINES,
    documents=(
        DocumentKind("paper", Text("申请材料", "Paper")),
        DocumentKind(
            "registration_file",
            Text("登记档案", "Registration file"),
            media_types=("application/pdf",),
            retention="permanent",
        ),
    ),
)
