"""What a resident sees of the own pension relation, and the certificate that starts a move."""

from collections.abc import Sequence
from typing import Final

from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.mechanisms.exchange.faces import FaceCall, Outcome, Refused
from hanse.mechanisms.exchange.parts import Block, Facts, Link, Part, Place, Viewer, Words
from hanse.services.social.pensions.contracts import Certificate
from hanse.services.social.pensions.requests import RelationState

NOT_HERE: Final = Text("本市没有您的养老保险关系。", "No pension relation of yours is here.")
NOT_ISSUED: Final = Text("未能出具：", "It could not be issued: ")


def _ask(viewer: Viewer) -> Sequence[FaceCall]:
    return [FaceCall("pension.relation", {"citizen_id": viewer.person})]


def _show(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    (outcome,) = outcomes
    if outcome is None or isinstance(outcome, Refused):
        return [Words(NOT_HERE)]
    state = RelationState.model_validate(outcome)
    return [
        Facts(
            Text("关系现状", "How it stands"),
            (
                (Text("状态", "Standing"), state.standing.text),
                (Text("缴费月数", "Months paid"), state.paid_months),
                (Text("个人账户储存额（元）", "Account (CNY)"), Money(state.account_balance)),
                (Text("最后缴费年月", "Last paid"), str(state.last_paid)),
                (
                    Text("转移案件", "Transfer"),
                    None if state.case_id is None else Link(state.case_id, "/my#matters"),
                ),
            ),
        )
    ]


def _ask_certificate(viewer: Viewer) -> Sequence[FaceCall]:
    return [FaceCall("pension.issue_certificate", {"citizen_id": viewer.person})]


def _show_certificate(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    (outcome,) = outcomes
    if outcome is None or isinstance(outcome, Refused):
        return [Words(refusal_words(outcome))]
    made = Certificate.model_validate(outcome)
    return [
        Facts(
            Text("参保缴费凭证", "Certificate of contributions"),
            (
                (Text("凭证编号", "Number"), made.number),
                (Text("姓名", "Name"), made.person.name),
                (Text("出具机构", "Issued by"), made.agency.name),
                (Text("首次参保年月", "First insured"), str(made.first_insured)),
                (Text("最后缴费年月", "Last paid"), str(made.last_paid)),
                (Text("实际缴费月数", "Months paid"), made.paid_months),
                (Text("个人账户储存额（元）", "Account (CNY)"), Money(made.account_balance)),
                (Text("出具日期", "Issued on"), made.issued_on),
            ),
        )
    ]


def refusal_words(outcome: Refused | None) -> Text:
    """Why there is no certificate."""
    texts = {} if outcome is None else outcome.problem.get("texts", {})
    title, hint = texts.get("title"), texts.get("hint")
    if not title or not hint:
        return NOT_HERE
    return Text(
        f"{NOT_ISSUED.zh}{title['zh']}。{hint['zh']}。",
        f"{NOT_ISSUED.en}{title['en']}. {hint['en']}.",
    )


RESIDENT: Final = Part(
    name="pension",
    title=Text("养老保险", "Pension"),
    place=Place.RESIDENT,
    operations=("pension.relation",),
    ask=_ask,
    show=_show,
)
CERTIFICATE: Final = Part(
    name="pension_certificate",
    title=Text("参保缴费凭证", "Certificate of contributions"),
    place=Place.RESIDENT,
    operations=("pension.issue_certificate",),
    ask=_ask_certificate,
    show=_show_certificate,
    is_on_request=True,
)
