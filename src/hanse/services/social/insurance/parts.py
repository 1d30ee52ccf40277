"""What people see of medical insurance: a resident's own settlements, a hospital's bills."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.mechanisms.exchange.parts import (
    Block,
    Facts,
    Mark,
    Place,
    Table,
    Tone,
    Value,
    Viewer,
    Words,
    part_of_one_call,
)
from hanse.services.social.insurance.codes import BillState
from hanse.services.social.insurance.contracts import Bills, OwnInsuranceState

TONES: Final = {
    BillState.ASKED: Tone.CAUTION,
    BillState.SETTLED: Tone.GOOD,
    BillState.REFUSED: Tone.BAD,
    BillState.UNDOING: Tone.CAUTION,
}
NOT_HERE: Final = Text("本市没有您的医保记录。", "This city holds no insurance record of yours.")
CITY_TREATED: Final = Text("就医城市", "Treated in")


def _show_own(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    state = OwnInsuranceState.model_validate(answer)
    if not state.settlements and not state.filings:
        return [Words(NOT_HERE)]
    settled = Table(
        Text("异地就医结算", "Settlements of treatment elsewhere"),
        (
            Text("结算日期", "Settled on"),
            CITY_TREATED,
            Text("总费用（元）", "Total (CNY)"),
            Text("基金支付", "Funds"),
            Text("个人账户", "Account"),
            Text("个人现金", "Cash"),
            Text("状态", "State"),
        ),
        tuple(
            (
                one.settled_on,
                viewer.city_name(one.treated_city),
                Money(one.total_fen),
                Money(one.fund_fen),
                Money(one.account_fen),
                Money(one.cash_fen),
                Mark(BillState.UNDONE.text)
                if one.taken_back
                else Mark(BillState.SETTLED.text, Tone.GOOD),
            )
            for one in state.settlements
        ),
        Text("没有结算记录。", "No settlement yet."),
    )
    filed = [
        Facts(
            Text("异地就医备案", "Filed for treatment elsewhere"),
            (
                (Text("备案城市", "City"), viewer.city_name(one.city)),
                (Text("备案类型", "Kind"), one.kind.text),
                (Text("开始日期", "From"), one.valid_from),
                (Text("截止日期", "Until"), one.valid_to),
            ),
        )
        for one in state.filings
    ]
    return [settled, *filed]


def _show_bills(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    bills = Bills.model_validate(answer).bills
    rows: list[tuple[Value, ...]] = []
    for one in bills:
        settled, why = one.settlement, (one.problem or {}).get("texts", {}).get("title")
        rows.append(
            (
                one.changed_at,
                one.claim[:12],
                viewer.city_name(one.insured_city),
                Mark(one.state.text, TONES.get(one.state, Tone.PLAIN)),
                None if settled is None else Money(settled.total_fen),
                None if settled is None else Money(settled.owed_fen),
                None if settled is None else Money(settled.cash_fen),
                Text(**why) if why else None,
            )
        )
    return [_table(tuple(rows))]


def _table(rows: tuple[tuple[Value, ...], ...]) -> Table:
    return Table(
        Text("本院异地就医结算单", "Bills of patients insured elsewhere"),
        (
            Text("最近变动", "Changed"),
            Text("结算编号", "Settlement"),
            Text("参保城市", "Insured in"),
            Text("状态", "State"),
            Text("总费用（元）", "Total (CNY)"),
            Text("医保支付", "Insurance pays"),
            Text("个人现金", "Cash"),
            Text("说明", "Note"),
        ),
        rows,
        Text("没有结算单。", "No bill yet."),
    )


RESIDENT: Final = part_of_one_call(
    "insurance",
    Text("医保结算", "Medical settlements"),
    Place.RESIDENT,
    "insurance.mine",
    ask=lambda viewer: {"person": viewer.person},
    show=_show_own,
    otherwise=lambda refused: [Words(NOT_HERE)],
)
DESK: Final = part_of_one_call(
    "insurance",
    Text("异地就医结算单", "Bills of patients insured elsewhere"),
    Place.DESK,
    "insurance.bills",
    ask=lambda viewer: {},
    show=_show_bills,
    otherwise=lambda refused: [_table(())],
)
