"""What a resident sees of the own pension relation, and the certificate that starts a move."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import (
    Block,
    Facts,
    Link,
    Place,
    Viewer,
    Words,
    part_of_one_call,
)
from hanse.services.social.pensions.contracts import Certificate
from hanse.services.social.pensions.requests import RelationState

NOT_HERE: Final = Text("本市没有您的养老保险关系。", "No pension relation of yours is here.")
NOT_ISSUED: Final = Text("未能出具：", "It could not be issued: ")


def _show(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    state = RelationState.model_validate(answer)
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


def _show_certificate(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    made = Certificate.model_validate(answer)
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


def _not_issued(refused: Refused | None) -> Text:
    """Why there is no certificate."""
    texts = {} if refused is None else refused.problem.get("texts", {})
    title, hint = texts.get("title"), texts.get("hint")
    if not title or not hint:
        return NOT_HERE
    return Text(
        f"{NOT_ISSUED.zh}{title['zh']}。{hint['zh']}。",
        f"{NOT_ISSUED.en}{title['en']}. {hint['en']}.",
    )


RESIDENT: Final = part_of_one_call(
    "pension",
    Text("养老保险", "Pension"),
    Place.RESIDENT,
    "pension.relation",
    ask=lambda viewer: {"citizen_id": viewer.person},
    show=_show,
    otherwise=lambda refused: [Words(NOT_HERE)],
)
CERTIFICATE: Final = part_of_one_call(
    "pension_certificate",
    Text("参保缴费凭证", "Certificate of contributions"),
    Place.RESIDENT,
    "pension.issue_certificate",
    ask=lambda viewer: {"citizen_id": viewer.person},
    show=_show_certificate,
    otherwise=lambda refused: [Words(_not_issued(refused))],
    is_on_request=True,
)
