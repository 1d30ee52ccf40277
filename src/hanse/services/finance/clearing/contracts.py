"""What the cities and the clearing house ask and tell each other about a cycle."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import titled
from hanse.foundation.money import Fen, SignedFen
from hanse.foundation.regions import CityCode
from hanse.services.finance.clearing.codes import CycleState, DifferenceKind, LeftOut, PairState

PAIRS_MAX: Final = 5_000
PAGE_MAX: Final = 1_000

SEQUENCE_MAX: Final = 2**53 - 1
"""JSON's largest whole number; a ledger's sequence counts from 1."""
VERSIONS_MAX: Final = 1_000
SETTLED_REPEATED_MAX = 20
"""So many of its newest settled cycles the house names with each cut."""
CITIES_MAX: Final = 100
DOCUMENT_CHARACTERS_MAX: Final = 8_000_000

CycleId = Annotated[
    str, titled("场次", "Cycle", pattern="^[0-9A-Za-z][0-9A-Za-z-]{0,31}$", max_length=32)
]
Party = Annotated[
    str, titled("当事方", "Party", pattern=r"^[1-9][0-9]{5}/[\x21-\x7e]{1,64}$", max_length=80)
]
Reference = Annotated[str, titled("业务编号", "Reference", max_length=64)]
Digest = Annotated[str, titled("摘要", "Digest", pattern="^[0-9a-f]{64}$")]


class _Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CycleQuestion(_Contract):
    """A cycle by its name."""

    cycle: CycleId


class SettledCycle(_Contract):
    """A cycle of the house that is final, and the version that was settled."""

    cycle: CycleId
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]


class Cut(_Contract):
    """The house cuts: from now on transfers belong to the next cycle.

    It says again which of its cycles are settled: a city may have missed the word.
    """

    cycle: CycleId
    house: CityCode
    settled: Annotated[
        tuple[SettledCycle, ...],
        titled("已终局场次", "Cycles that are settled", max_length=SETTLED_REPEATED_MAX),
    ] = ()


class PairClaim(_Contract):
    """What a city's book says of an own party and another: above zero the other owes it."""

    own: Party
    other: Party
    amount_fen: Annotated[SignedFen, titled("净额（分）", "Net, fen")]
    lines: Annotated[int, titled("笔数", "Lines", ge=0, le=SEQUENCE_MAX)]
    digest: Digest


class Submission(_Contract):
    """A city's side of a cycle, summed by pair."""

    cycle: CycleId
    after_sequence: Annotated[
        int, titled("起始序号（不含）", "After sequence", ge=0, le=SEQUENCE_MAX)
    ]
    up_to_sequence: Annotated[int, titled("截止序号", "Up to sequence", ge=0, le=SEQUENCE_MAX)]
    pairs: Annotated[tuple[PairClaim, ...], titled("对手明细", "Pairs", max_length=PAIRS_MAX)]


class Taken(_Contract):
    """It is taken."""

    cycle: CycleId
    state: Annotated[str, titled("状态", "State")]


class LinesQuestion(_Contract):
    """The lines of a pair whose sums differ, a page at a time."""

    cycle: CycleId
    own: Party
    other: Party
    after: Annotated[str, titled("翻页位置", "After", max_length=64)] = ""


class ClaimLine(_Contract):
    """One line: a reference that both books carry, and what the other party owes by it."""

    reference: Reference
    amount_fen: Annotated[SignedFen, titled("金额（分）", "Amount, fen")]


class ClaimLines(_Contract):
    """A page of lines."""

    lines: Annotated[tuple[ClaimLine, ...], titled("明细", "Lines", max_length=PAGE_MAX)]
    after: Annotated[str | None, titled("下一页", "Next page after")] = None


class Difference(_Contract):
    """One named difference. Amounts are from the first party's view."""

    kind: Annotated[DifferenceKind, titled("差异", "Difference")]
    first: Party
    second: Party
    reference: Reference = ""
    first_fen: Annotated[SignedFen | None, titled("一方金额（分）", "At the first, fen")] = None
    second_fen: Annotated[SignedFen | None, titled("另一方金额（分）", "At the second, fen")] = None
    since: Annotated[str, titled("首次出现场次", "First named in cycle", max_length=32)] = ""
    dispute: Annotated[
        bool, titled("逾期转为争议", "A dispute: it was named in the cycle before too")
    ] = False


class PairResult(_Contract):
    """What became of a pair: `amount_fen` above zero, the second party owes the first."""

    first: Party
    second: Party
    amount_fen: Annotated[SignedFen, titled("结算净额（分）", "Settled net, fen")]
    state: Annotated[PairState, titled("处理", "State")]
    rule: Annotated[LeftOut | None, titled("未结算依据", "Not settled by this rule")] = None
    excluded: Annotated[
        tuple[Reference, ...], titled("转入下一场的业务", "References carried over", max_length=500)
    ] = ()


class Position(_Contract):
    """A city's or party's multilateral net position: above zero it receives."""

    party: Annotated[str, titled("当事方", "Party", max_length=80)]
    net_fen: Annotated[SignedFen, titled("净额（分）", "Net, fen")]


class Result(_Contract):
    """A cycle as the house netted it. A later version takes obligations out of it."""

    cycle: CycleId
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
    house: CityCode
    pairs: Annotated[tuple[PairResult, ...], titled("结算矩阵", "Pairs", max_length=PAIRS_MAX)]
    cities: Annotated[
        tuple[Position, ...], titled("各市净额", "Positions of cities", max_length=CITIES_MAX)
    ]
    parties: Annotated[
        tuple[Position, ...], titled("各方净额", "Positions of parties", max_length=PAIRS_MAX)
    ]
    differences: Annotated[
        tuple[Difference, ...], titled("差异", "Differences", max_length=PAIRS_MAX)
    ] = ()


class PairName(_Contract):
    """Two parties, the first by name first."""

    first: Party
    second: Party


class Acknowledgement(_Contract):
    """A city's word on a result: it has reckoned the same, or why not and about which pairs."""

    cycle: CycleId
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
    accepted: Annotated[bool, titled("同意", "Accepted")]
    reason: Annotated[str, titled("异议", "Why not", max_length=500)] = ""
    pairs: Annotated[
        tuple[PairName, ...], titled("有异议的当事方", "Disputed pairs", max_length=PAIRS_MAX)
    ] = ()


class Settled(_Contract):
    """The cycle is settled at the house and final."""

    cycle: CycleId
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
    house: CityCode


class Fund(_Contract):
    """Funds of a city paid in at the house, or out."""

    city: CityCode
    amount_fen: Annotated[Fen, titled("金额（分）", "Amount, fen")]
    pays_out: Annotated[bool, titled("提取", "Paid out")] = False
    number: Annotated[
        str, titled("凭证号", "Number", pattern="^[0-9A-Za-z._-]{1,40}$", max_length=40)
    ]


class FundState(_Contract):
    """What a city has at the house."""

    city: CityCode
    available_fen: Annotated[int, titled("可用资金（分）", "Available, fen")]


class LiquidityQuestion(_Contract):
    """A city's means of settlement at the house."""

    city: CityCode


class Liquidity(_Contract):
    """What a city can pay on balance in a cycle, and what the open one asks of it."""

    city: CityCode
    funds_fen: Annotated[int, titled("清算资金（分）", "Funds, fen")]
    cap_fen: Annotated[int | None, titled("净借记限额（分）", "Net debit cap, fen")] = None
    available_fen: Annotated[int, titled("可支付（分）", "It can pay, fen")]
    cycle: Annotated[str | None, titled("未结场次", "Open cycle")] = None
    position_fen: Annotated[SignedFen, titled("该场净额（分）", "Its position there, fen")] = 0
    missing_fen: Annotated[Fen, titled("尚缺资金（分）", "Funds missing for it, fen")] = 0


class StandardDocument(_Contract):
    """An ISO 20022 message, as XML text."""

    document: Annotated[str, titled("报文", "Message", max_length=DOCUMENT_CHARACTERS_MAX)]


class Unwind(_Contract):
    """Take a city's obligations out of a cycle, for a reason."""

    cycle: CycleId
    city: CityCode
    reason: Annotated[str, titled("理由", "Reason", min_length=1, max_length=500)]


class CycleView(_Contract):
    """A cycle as this city knows it."""

    cycle: CycleId
    state: Annotated[CycleState | None, titled("状态", "State")] = None
    house: Annotated[str, titled("清算所", "House")] = ""
    after_sequence: Annotated[int | None, titled("起始序号（不含）", "After sequence")] = None
    up_to_sequence: Annotated[int | None, titled("截止序号", "Up to sequence")] = None
    submitted: Annotated[tuple[str, ...], titled("已申报城市", "Cities that submitted")] = ()
    acknowledged: Annotated[tuple[str, ...], titled("已确认城市", "Acknowledged by")] = ()
    result: Annotated[Result | None, titled("结果", "Result")] = None
    notes: Annotated[tuple[str, ...], titled("说明", "Notes")] = ()


class Cycles(_Contract):
    """The newest cycles, newest first."""

    cycles: Annotated[tuple[CycleView, ...], titled("场次", "Cycles")]


class Nothing(_Contract):
    """No parameters."""


Values = dict[str, Any]
