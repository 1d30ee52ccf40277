"""What a step of a registration must say: pure checks that every city with a seat makes."""

from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.regions import city_of
from hanse.foundation.uniform_rules import Matter
from hanse.mechanisms.cases import Case
from hanse.services.market.registration import rules
from hanse.services.market.registration.codes import SET_UP_MATTERS, EntityType, MatterKind
from hanse.services.market.registration.contracts import (
    Application,
    DeregistrationNotice,
    FileSent,
    LicenceGiven,
)

WRONG_AUTHORITY = ProblemKind(
    "registration_wrong_authority",
    409,
    Text("登记机关不是住所所在地", "The authority is not that of the domicile"),
    Text("请由{city}登记机关决定", "The authority of {city} decides"),
)
SUBJECT_DIFFERS = ProblemKind(
    "registration_subject_differs",
    422,
    Text("申请与案件不是同一主体", "The application is about another entity"),
    Text("请核对名称或代码", "Compare the name or the code"),
)
CONDITIONS_NOT_MET = ProblemKind(
    "registration_conditions_not_met",
    422,
    Text("不符合统一登记条件", "A uniform condition is not met"),
    Text("尚不符合：{conditions}", "Not met: {conditions}"),
)
PAPERS_MISSING = ProblemKind(
    "registration_papers_missing",
    422,
    Text("材料不齐", "Papers are missing"),
    Text("请一次补齐：{papers}", "All that is still needed: {papers}"),
)
PAPERS_NOT_ALLOWED = ProblemKind(
    "registration_papers_not_allowed",
    422,
    Text("不得收取统一清单以外的材料", "The uniform list does not ask for this"),
    Text("请退还：{papers}", "Give back: {papers}"),
)
APPROVAL_STALE = ProblemKind(
    "registration_approval_stale",
    409,
    Text("前置审批文件须重新确认", "An approval has to be confirmed anew"),
    Text("请向审批机关确认：{codes}", "Have these confirmed: {codes}"),
)
FORMER_MISSING = ProblemKind(
    "registration_former_missing",
    422,
    Text("迁入登记须列明迁出地登记机关", "Moving in names the authority that is left"),
    Text("仅迁入登记设“former”一方，且须为其他城市", "Only moving in has the seat former"),
)
FILE_NOT_SENT = ProblemKind(
    "registration_file_not_sent",
    409,
    Text("尚未收到迁出地登记档案", "The file of the authority that is left has not come"),
    Text("请先请求移送档案", "Ask for the file first"),
)
CHANGE_IN_FUTURE = ProblemKind(
    "registration_change_in_future",
    422,
    Text("决议日期晚于今天", "The decision is dated after today"),
    Text("请核对决议日期", "Check the day of the decision"),
)
CODE_OF_ANOTHER_CITY = ProblemKind(
    "registration_code_of_another_city",
    422,
    Text("代码的行政区划不属于本登记机关", "The code's region is not this authority's"),
    Text("请核对统一社会信用代码第3至8位", "Check places 3 to 8 of the credit code"),
)
CODE_DIFFERS = ProblemKind(
    "registration_code_differs",
    422,
    Text("代码与登记的代码不一致", "The code is not the entity's"),
    Text("变更和迁移不改变代码", "Changing and moving keep the code"),
)
SIMPLE_NOT_OPEN = ProblemKind(
    "registration_simple_not_open",
    409,
    Text("不适用简易注销", "Simple deregistration is not open to the entity"),
    Text("请办理普通注销：先清算再注销", "Liquidate first, then deregister"),
)
NOTICE_WRONG_KIND = ProblemKind(
    "registration_notice_wrong_kind",
    409,
    Text("公示方式与主体类型不符", "The entity's type is given notice of in another way"),
    Text(
        "个体工商户征求部门意见，其他主体公示20日",
        "Departments are asked about a self-employed household; others have a public notice",
    ),
)


def application_is_right(case: Case, form: Application, day: date) -> None:
    """The right authority, exactly the uniform conditions and papers, and approvals that hold."""
    if case.subject != (form.uscc or form.name):
        raise SUBJECT_DIFFERS()
    city = city_of(form.domicile.region)
    if case.seats["authority"].city != city:
        raise WRONG_AUTHORITY(city=city)
    former = case.seats.get("former")
    moving = form.matter is MatterKind.MOVE_IN
    if moving != (former is not None) or (former is not None and former.city == city):
        raise FORMER_MISSING()
    _check_papers(_matter(str(form.matter), day), form.conditions_met, form.papers)
    stale = [
        one.code
        for one in form.approvals
        if rules.approval_is_stale(
            one.confirmed_on or one.approved_on, one.valid_until, day, rules.DEFAULTS
        )
    ]
    if stale:
        raise APPROVAL_STALE(codes=", ".join(stale))
    if form.decided_on is not None and form.decided_on > day:
        raise CHANGE_IN_FUTURE()


def correction_is_right(case: Case, form: Application, day: date) -> None:
    """What is corrected is the same application, for the same thing."""
    before = opened_with(case)
    if (form.matter, form.name, form.uscc) != (before.matter, before.name, before.uscc):
        raise SUBJECT_DIFFERS()
    application_is_right(case, form, day)


def may_be_approved(case: Case, form: object, day: date) -> None:
    """An entity that moves in is approved once its file has come."""
    if application_of(case).matter is MatterKind.MOVE_IN and "file_sent" not in case.flags:
        raise FILE_NOT_SENT()


def concerns_a_move(case: Case, form: object, day: date) -> None:
    """A file is asked for, or sent, for an entity that moves."""
    if application_of(case).matter is not MatterKind.MOVE_IN:
        raise FORMER_MISSING()


def file_concerns_a_move(case: Case, form: FileSent, day: date) -> None:
    """A file is sent for an entity that moves."""
    concerns_a_move(case, form, day)


def licence_is_right(case: Case, form: LicenceGiven, day: date) -> None:
    """A new code is of the authority's own region; a change keeps the code."""
    application = application_of(case)
    if application.uscc is not None:
        if form.uscc != application.uscc:
            raise CODE_DIFFERS()
        return
    city = case.seats["authority"].city
    if city_of(form.uscc[2:8]) != city:
        raise CODE_OF_ANOTHER_CITY()


def notice_is_right(case: Case, form: DeregistrationNotice, day: date) -> None:
    """Simple deregistration is for who has no debts, whose investors all commit, and who is under
    no penalty."""
    if not (form.no_debts and form.all_commit) or form.under_penalty:
        raise SIMPLE_NOT_OPEN()
    _check_papers(_matter("simple_deregistration", day), ("no_debts", "all_commit"), form.papers)


def needs_public_notice(case: Case, form: object, day: date) -> None:
    """Every entity but a self-employed household (article 33)."""
    if _notice_of(case).entity_type is EntityType.SELF_EMPLOYED:
        raise NOTICE_WRONG_KIND()


def needs_no_public_notice(case: Case, form: object, day: date) -> None:
    """A self-employed household: its departments are asked instead."""
    if _notice_of(case).entity_type is not EntityType.SELF_EMPLOYED:
        raise NOTICE_WRONG_KIND()


def opened_with(case: Case) -> Application:
    """The application that opened the case."""
    return Application.model_validate(case.data["open"])


def application_of(case: Case) -> Application:
    """The application as it was corrected last."""
    return Application.model_validate(case.data.get("correct", case.data["open"]))


def is_new(application: Application) -> bool:
    """Whether a new entity is set up."""
    return application.matter in SET_UP_MATTERS


def _notice_of(case: Case) -> DeregistrationNotice:
    return DeregistrationNotice.model_validate(case.data["open"])


def _matter(code: str, day: date) -> Matter:
    found = rules.SCHEMA.on(day).matter(code)
    if found is None:
        raise LookupError(f"the schema has no matter {code}")
    return found


def _check_papers(matter: Matter, met: tuple[str, ...], papers: tuple[str, ...]) -> None:
    if missing := [one for one in matter.conditions if one not in met]:
        raise CONDITIONS_NOT_MET(conditions=", ".join(missing))
    if missing := [one for one in matter.papers if one not in papers]:
        raise PAPERS_MISSING(papers=", ".join(missing))
    if extra := sorted(set(papers) - set(matter.papers)):
        raise PAPERS_NOT_ALLOWED(papers=", ".join(extra))
