"""Claims for the tests: those of the worked examples, and generated ones."""

from decimal import Decimal

from hypothesis import strategies as st

from hanse.services.social.insurance.codes import CareKind, FilingKind, HospitalLevel, ItemClass
from hanse.services.social.insurance.counters import Counters
from hanse.services.social.insurance.default_policies import employee_policy
from hanse.services.social.insurance.lines import Line
from hanse.services.social.insurance.policies import Band, Policy, SeriousIllness
from hanse.services.social.insurance.rules import Circumstances

CHENGDU = employee_policy("510100")


def line(
    item: str, item_class: ItemClass, yuan: int, ceiling: int | None = None, share: int = 0
) -> Line:
    return Line(
        item=item,
        item_class=item_class,
        quantity=Decimal(1),
        price_fen=yuan * 100,
        ceiling_fen=None if ceiling is None else ceiling * 100,
        self_share_bp=share,
    )


WORKED = (
    line("A1", ItemClass.A, 12_000),
    line("B1", ItemClass.B, 20_000, share=1_000),
    line("C1", ItemClass.C, 3_000),
    line("A2", ItemClass.A, 1_000, ceiling=0),
)
"""RULES 3.3 [X]: 36,000: A 12,000, B 20,000 at 10 %, C 3,000, over the ceiling 1,000."""


def stay(
    filing: FilingKind | None = FilingKind.LONG_TERM,
    level: HospitalLevel = HospitalLevel.THIRD,
    age: int = 40,
    care: CareKind = CareKind.INPATIENT,
    account_fen: int = 0,
) -> Circumstances:
    return Circumstances(level, care, age, filing, account_fen)


def layered(policy: Policy = CHENGDU) -> Policy:
    """The policy with a second layer: 60 % above 10,000 yuan, 70 % above 50,000."""
    layer = SeriousIllness(
        bands=(Band(over_fen=1_000_000, ratio_bp=6_000), Band(over_fen=5_000_000, ratio_bp=7_000)),
        cap_fen=20_000_000,
    )
    return policy.model_copy(update={"serious_illness": layer})


@st.composite
def lines(draw: st.DrawFn) -> Line:
    item_class = draw(st.sampled_from(ItemClass))
    return Line(
        item=draw(st.sampled_from(["A1", "B2", "C3"])),
        item_class=item_class,
        quantity=draw(st.decimals("0.0001", "999", places=4)),
        price_fen=draw(st.integers(0, 5_000_000)),
        ceiling_fen=draw(st.none() | st.integers(0, 5_000_000)),
        self_share_bp=draw(st.integers(0, 10_000)) if item_class is ItemClass.B else 0,
    )


claims = st.lists(lines(), min_size=1, max_size=8)
stays = st.builds(
    Circumstances,
    level=st.sampled_from(HospitalLevel),
    care=st.sampled_from([CareKind.INPATIENT, CareKind.CHRONIC]),
    age=st.integers(0, 110),
    filing=st.none() | st.sampled_from(FilingKind),
    account_fen=st.integers(0, 10_000_000),
)
years = st.builds(
    Counters,
    admissions=st.integers(0, 12),
    fund_fen=st.integers(0, CHENGDU.cap_fen),
    burden_fen=st.integers(0, 50_000_000),
    serious_fen=st.integers(0, 20_000_000),
    chronic_deductible_fen=st.integers(0, 80_000),
)
