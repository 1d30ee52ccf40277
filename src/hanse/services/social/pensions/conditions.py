"""What a step of a transfer must say to be taken: pure checks of the case, the form and the day.

Both cities make them, at the desk and again when a step arrives, so that neither can be told
anything that does not follow from what the case already holds.
"""

from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import check_citizen_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases import Case
from hanse.mechanisms.exchange.due import NODE_ORGANISATION
from hanse.services.social.pensions.claim import PENSION_DRAWN_ALREADY
from hanse.services.social.pensions.codes import Destination
from hanse.services.social.pensions.contracts import InformationSheet, Letter
from hanse.services.social.pensions.forms import Application, Death, FundsSent, Receipt, Unmovable

PENSION_WRONG_PLACE = ProblemKind(
    "pension_wrong_place",
    409,
    Text("申请地或原参保地有误", "The application is made at the wrong place"),
    Text(
        "请在新参保地{destination}申请；原参保地为凭证出具城市{origin}",
        "Apply where the person is insured now, {destination}; the origin is {origin}",
    ),
)
PENSION_PERSON_DIFFERS = ProblemKind(
    "pension_person_differs",
    422,
    Text("文书与案件不是同一人员", "The document is about another person"),
    Text("请核对公民身份号码", "Compare the citizen identity numbers"),
)
PENSION_DOCUMENT_DATE_WRONG = ProblemKind(
    "pension_document_date_wrong",
    422,
    Text("文书日期晚于今天", "The document's date lies in the future"),
    Text("请核对日期{day}", "Check the date {day}"),
)
PENSION_NOT_INSURED_HERE = ProblemKind(
    "pension_not_insured_here",
    409,
    Text("尚未在新参保地参保缴费", "The person is not insured and paying at the new place yet"),
    Text("请先参保并缴费，再申请转移", "Be insured and pay there first, then apply"),
)
PENSION_TREASURY_WRONG = ProblemKind(
    "pension_treasury_wrong",
    422,
    Text("资金划转须由原参保地节点确认", "Funds are told of by the origin's own node alone"),
    Text(
        "请将“treasury”一方填为城市{origin}、机构{node}",
        "Give the seat treasury to city {origin}, organisation {node}",
    ),
)
PENSION_LETTER_WRONG = ProblemKind(
    "pension_letter_wrong",
    422,
    Text("同意接收函与申请不符", "The letter does not fit the application"),
    Text("请核对凭证编号、城市和接续方式", "Check the certificate's number, cities and mode"),
)
PENSION_SHEET_WRONG = ProblemKind(
    "pension_sheet_wrong",
    422,
    Text("信息表与联系函不符", "The sheet does not fit the letter"),
    Text("请按联系函重新编制信息表", "Make the sheet anew from the letter"),
)
PENSION_SHEET_NUMBER_USED = ProblemKind(
    "pension_sheet_number_used",
    409,
    Text("信息表编号已使用", "The sheet's number was used before"),
    Text("退回后重发须使用新编号", "A sheet that is sent again has a new number"),
)
PENSION_PARTIAL_NOT_ANNOUNCED = ProblemKind(
    "pension_partial_not_announced",
    409,
    Text("不予转移部分与书面告知不一致", "What stays is not what the worker was told"),
    Text("请先书面告知不予转移的部分", "Tell the worker in writing first what cannot move"),
)


def application_is_right(case: Case, form: Application, day: date) -> None:
    """The right person, at the right place, who draws no pension, and is insured by now."""
    certificate, seats = form.certificate, case.seats
    check_citizen_id(case.subject, today=day)
    if certificate.person.citizen_id != case.subject:
        raise PENSION_PERSON_DIFFERS()
    origin, destination = seats["origin"].city, seats["destination"].city
    if certificate.agency.city != origin or origin == destination:
        raise PENSION_WRONG_PLACE(destination=destination, origin=certificate.agency.city)
    treasury = seats["treasury"]
    if (treasury.city, treasury.organisation) != (origin, NODE_ORGANISATION):
        raise PENSION_TREASURY_WRONG(origin=origin, node=NODE_ORGANISATION)
    if seats["applicant"].city != destination:
        raise PENSION_WRONG_PLACE(destination=destination, origin=origin)
    if certificate.draws_pension:
        raise PENSION_DRAWN_ALREADY()
    _not_later(certificate.issued_on, day)
    if form.insured_here_since > f"{day:%Y-%m}":
        raise PENSION_NOT_INSURED_HERE()


def letter_is_right(case: Case, form: Letter, day: date) -> None:
    """The letter answers this application, and says that the relation moves."""
    application = opened_with(case)
    _not_later(form.written_on, day)
    if form.citizen_id != case.subject:
        raise PENSION_PERSON_DIFFERS()
    right = (
        form.certificate == application.certificate.number
        and form.origin == case.seats["origin"].city
        and form.agency.city == case.seats["destination"].city
        and form.destination is Destination.NORMAL
    )
    if not right:
        raise PENSION_LETTER_WRONG()


def unmovable_is_right(case: Case, form: Unmovable, day: date) -> None:
    """The worker was told already."""
    _not_later(form.told_on, day)


def sheet_is_right(case: Case, form: InformationSheet, day: date) -> None:
    """The sheet answers the letter, under a new number, and leaves out what was announced."""
    letter = letter_of(case)
    _not_later(form.made_on, day)
    if form.person.citizen_id != case.subject:
        raise PENSION_PERSON_DIFFERS()
    places = form.origin.city, form.destination
    if (form.letter, form.mode) != (letter.number, letter.mode) or places != (
        letter.origin,
        letter.agency.city,
    ):
        raise PENSION_SHEET_WRONG()
    before = case.data.get("send_sheet")
    if before is not None and before["number"] == form.number:
        raise PENSION_SHEET_NUMBER_USED()
    announced = case.data.get("announce_unmovable")
    told = () if announced is None else Unmovable.model_validate(announced).left_behind
    if {(one.years, one.reason) for one in told} != {
        (one.years, one.reason) for one in form.left_behind
    }:
        raise PENSION_PARTIAL_NOT_ANNOUNCED()


def funds_are_right(case: Case, form: FundsSent, day: date) -> None:
    """What was sent is what the sheet that was sent last says."""
    sheet = sheet_of(case)
    if (form.sheet, form.amount) != (sheet.number, sheet.cash):
        raise PENSION_SHEET_WRONG()


def receipt_is_right(case: Case, form: Receipt, day: date) -> None:
    """The place whose months count is one of the two."""
    cities = {case.seats["origin"].city, case.seats["destination"].city}
    if form.keep is not None and form.keep not in cities:
        raise PENSION_WRONG_PLACE(
            destination=case.seats["destination"].city, origin=case.seats["origin"].city
        )


def death_is_right(case: Case, form: Death, day: date) -> None:
    """The death lies in the past."""
    _not_later(form.died_on, day)


def opened_with(case: Case) -> Application:
    """The application that opened the case."""
    return Application.model_validate(case.data["open"])


def letter_of(case: Case) -> Letter:
    """The letter of consent."""
    return Letter.model_validate(case.data["accept"])


def sheet_of(case: Case) -> InformationSheet:
    """The sheet that was sent last."""
    return InformationSheet.model_validate(case.data["send_sheet"])


def _not_later(written: date, day: date) -> None:
    if written > day:
        raise PENSION_DOCUMENT_DATE_WRONG(day=written)
