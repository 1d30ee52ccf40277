"""Settlement of one claim: catalogue of the place of treatment, policy of the place of insurance.

    fund = min(cap left, max(0, in policy - deductible) x ratio);  person = total - fund - layers

RULES 3.3, after 医保发〔2022〕22号. Pure: the same claim, policy and counters give the same result,
and fund, layers and person always sum to the total.
"""

from dataclasses import dataclass
from fractions import Fraction

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import rounded_half_up
from hanse.services.social.insurance.codes import CareKind, FilingKind, HospitalLevel
from hanse.services.social.insurance.counters import Counters
from hanse.services.social.insurance.lines import Split
from hanse.services.social.insurance.policies import WHOLE_BP, Band, Policy, SeriousIllness

CARE_NOT_DIRECT = ProblemKind(
    "insurance_care_not_direct",
    409,
    Text("该就医类别不能直接结算", "This kind of care is not settled directly"),
    Text(
        "参保地政策{policy}不含该类别，请先自费并按规定手工报销",
        "Policy {policy} does not include it: pay, then claim on paper",
    ),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the policy asks about a claim beside its money."""

    level: HospitalLevel
    care: CareKind
    age: int
    """In full years on the day of admission."""
    filing: FilingKind | None
    """Under what the person is treated elsewhere; None at the place of insurance."""
    account_fen: int = 0
    """What the personal account still holds and may pay."""


@dataclass(frozen=True, slots=True)
class Result:
    """Who pays what, in fen, and what it was reckoned by."""

    split: Split
    deductible_fen: int
    """The part of the deductible that this claim used."""
    ratio_bp: int
    fund_fen: int
    serious_fen: int
    account_fen: int
    cash_fen: int
    cap_reached: bool
    change: Counters
    """What the settlement adds to the year; a reversal takes exactly this away."""

    @property
    def personal_fen(self) -> int:
        """What the person bears, from the account and in cash."""
        return self.account_fen + self.cash_fen


def settle(split: Split, policy: Policy, about: Circumstances, year: Counters) -> Result:
    """Reckon a claim; nothing is stored. `year` is the person's year before it."""
    if about.care not in policy.care:
        raise CARE_NOT_DIRECT(policy=policy.name)
    used = min(split.in_policy_fen, _deductible(policy, about, year))
    ratio = policy.ratio(about.level, about.age, about.filing)
    full = rounded_half_up(Fraction((split.in_policy_fen - used) * ratio, WHOLE_BP))
    cap_left = max(0, policy.cap_fen - year.fund_fen)
    fund = min(full, cap_left)
    burden = split.in_policy_fen - fund
    serious = _serious(policy.serious_illness, burden, year)
    personal = split.total_fen - fund - serious
    account = min(personal, max(0, about.account_fen))
    return Result(
        split=split,
        deductible_fen=used,
        ratio_bp=ratio,
        fund_fen=fund,
        serious_fen=serious,
        account_fen=account,
        cash_fen=personal - account,
        cap_reached=fund < full,
        change=Counters(
            admissions=int(about.care is CareKind.INPATIENT),
            fund_fen=fund,
            burden_fen=burden,
            serious_fen=serious,
            chronic_deductible_fen=0 if about.care is CareKind.INPATIENT else used,
        ),
    )


def _deductible(policy: Policy, about: Circumstances, year: Counters) -> int:
    """A stay has its own by the count of the year; chronic outpatient care one for the year."""
    if about.care is CareKind.INPATIENT:
        return policy.deductible(about.level, year.admissions + 1)
    return max(0, policy.deductible(about.level, 1) - year.chronic_deductible_fen)


def _serious(layer: SeriousIllness | None, burden_fen: int, year: Counters) -> int:
    """What the second layer adds: by bands of the year's burden, less what it has paid."""
    if layer is None:
        return 0
    due = band_sum(layer.bands, year.burden_fen + burden_fen)
    before = band_sum(layer.bands, year.burden_fen)
    added = min(due - before, burden_fen)
    if layer.cap_fen is not None:
        added = min(added, max(0, layer.cap_fen - year.serious_fen))
    return added


def band_sum(bands: tuple[Band, ...], burden_fen: int) -> int:
    """What rising bands pay on an accumulated burden, in fen; each band is rounded by itself."""
    paid = 0
    for number, band in enumerate(bands):
        ends = bands[number + 1].over_fen if number + 1 < len(bands) else burden_fen
        within = min(burden_fen, ends) - band.over_fen
        if within > 0:
            paid += rounded_half_up(Fraction(within * band.ratio_bp, WHOLE_BP))
    return paid
