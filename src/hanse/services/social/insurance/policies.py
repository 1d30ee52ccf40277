"""The policy of a place of insurance: dated data, checked when it is read.

The place of insurance says what is paid: deductible, ratio, cap (参保地政策). Amounts are fen,
ratios basis points (1/10,000), so that nothing is rounded before a line of money is.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.services.social.insurance.codes import CareKind, FilingKind, HospitalLevel, Scheme

POLICY_UNKNOWN = ProblemKind(
    "insurance_policy_unknown",
    422,
    Text("没有适用的医保政策", "No insurance policy applies"),
    Text(
        "{city}没有{day}适用于险种{scheme}的政策，请由医保经办机构维护后重试",
        "{city} has none for scheme {scheme} on {day}: have the insurance agency enter it",
    ),
    retry=True,
)

WHOLE_BP: Final = 10_000
VERSIONS_MAX: Final = 10_000
SOURCES_MAX: Final = 60
REFERRED_REDUCTION_BP_MAX: Final = 1_000
"""[V2] 医保发〔2022〕22号: referred and emergency patients lose at most ten points."""
UNREFERRED_REDUCTION_BP_MAX: Final = 2_000
"""[V2] 医保发〔2022〕22号: others lose at most twenty points."""
_REDUCTION_MAX: Final[Mapping[FilingKind, int]] = {
    FilingKind.LONG_TERM: 0,
    FilingKind.REFERRAL: REFERRED_REDUCTION_BP_MAX,
    FilingKind.EMERGENCY: REFERRED_REDUCTION_BP_MAX,
    FilingKind.NO_REFERRAL: UNREFERRED_REDUCTION_BP_MAX,
}

BasisPoints = Annotated[int, Field(ge=0, le=WHOLE_BP, strict=True)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AgeBonus(_Data):
    """Points that a person of that age gets on top of the ratio."""

    from_age: Annotated[int, titled("起始年龄", "From the age of", ge=0, le=150)]
    points_bp: Annotated[BasisPoints, titled("加成（万分比）", "Points, 1/10,000")]


class Band(_Data):
    """A band of the serious-illness layer: from an accumulated burden on, this share is paid."""

    over_fen: Annotated[Fen, titled("起付金额（分）", "Above, fen")]
    ratio_bp: Annotated[BasisPoints, titled("支付比例（万分比）", "Ratio, 1/10,000")]


class SeriousIllness(_Data):
    """The second layer (大病保险): pays on the year's accumulated in-policy burden."""

    bands: Annotated[tuple[Band, ...], titled("分段", "Bands", min_length=1, max_length=12)]
    cap_fen: Annotated[Fen | None, titled("年度限额（分）", "Cap of the year, fen")] = None

    @model_validator(mode="after")
    def _rises(self) -> Self:
        starts = [band.over_fen for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError("bands rise")
        return self


class Policy(_Data):
    """What one city pays for the people of one scheme, from one day to another."""

    city: Annotated[str, titled("参保地", "Place of insurance", pattern="^[0-9]{6}$")]
    scheme: Annotated[Scheme, titled("险种", "Scheme")]
    version: Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
    effective_from: Annotated[date, titled("生效日期", "In force from")]
    effective_to: Annotated[date | None, titled("失效日期", "In force until")] = None
    deductible_fen: Annotated[
        dict[HospitalLevel, Fen],
        titled("起付标准（分）", "Deductible, fen", max_length=len(HospitalLevel)),
    ]
    deductible_step_fen: Annotated[
        Fen, titled("逐次降低（分）", "Less for each further admission of the year, fen")
    ] = 0
    deductible_floor_fen: Annotated[Fen, titled("最低起付（分）", "Least deductible, fen")] = 0
    ratio_bp: Annotated[
        dict[HospitalLevel, BasisPoints],
        titled("支付比例（万分比）", "Ratio, 1/10,000", max_length=len(HospitalLevel)),
    ]
    age_bonus: Annotated[
        tuple[AgeBonus, ...], titled("年龄加成", "Points by age", max_length=12)
    ] = ()
    ratio_bp_max: Annotated[BasisPoints, titled("比例上限", "Highest ratio")] = WHOLE_BP
    reduction_bp: Annotated[
        dict[FilingKind, BasisPoints],
        titled("异地就医降低（万分比）", "Less when treated elsewhere", max_length=len(FilingKind)),
    ]
    cap_fen: Annotated[Fen, titled("年度最高支付限额（分）", "Cap of the year, fen")]
    serious_illness: Annotated[SeriousIllness | None, titled("大病保险", "Serious illness")] = None
    care: Annotated[
        frozenset[CareKind],
        titled("可直接结算的就医类别", "Kinds of care settled directly", max_length=len(CareKind)),
    ] = frozenset({CareKind.INPATIENT, CareKind.CHRONIC})
    settles_without_filing: Annotated[
        bool, titled("未备案可直接结算", "Settles without filing, at the unreferred rate")
    ] = False
    sources: Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=300)]],
        titled("依据", "Where each value comes from", max_length=SOURCES_MAX),
    ] = Field(default_factory=dict)
    """By field: the instrument, with its mark of certainty; `[P]` is a local default."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("ends before it begins")
        for levels in (self.deductible_fen, self.ratio_bp):
            if set(levels) != set(HospitalLevel):
                raise ValueError("every level of hospital has its value")
        if set(self.reduction_bp) != set(FilingKind):
            raise ValueError("every kind of filing has its reduction")
        for kind, points in self.reduction_bp.items():
            if points > _REDUCTION_MAX[kind]:
                raise ValueError(f"{kind} is reduced by at most {_REDUCTION_MAX[kind]}")
        if self.deductible_floor_fen > min(self.deductible_fen.values()):
            raise ValueError("the least deductible is above a deductible")
        ages = [one.from_age for one in self.age_bonus]
        if ages != sorted(set(ages)):
            raise ValueError("ages rise")
        unknown = set(self.sources) - set(type(self).model_fields)
        if unknown:
            raise ValueError(f"a source for the unknown value {min(unknown)}")
        return self

    @property
    def name(self) -> str:
        """What a settlement keeps of the policy it was reckoned by: `510100/310/1`."""
        return f"{self.city}/{self.scheme}/{self.version}"

    @property
    def local_defaults(self) -> tuple[str, ...]:
        """The values that rest on no published text here: shown wherever the policy is shown."""
        return tuple(sorted(name for name, source in self.sources.items() if "[P]" in source))

    def is_in_force(self, day: date) -> bool:
        """Whether the policy is in force on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )

    def deductible(self, level: HospitalLevel, admission: int) -> int:
        """Fen of the deductible of the year's `admission`-th stay, counted from 1."""
        lower = self.deductible_fen[level] - self.deductible_step_fen * (admission - 1)
        return max(lower, self.deductible_floor_fen)

    def ratio(self, level: HospitalLevel, age: int, filing: FilingKind | None) -> int:
        """The share that is paid, in basis points. No filing: treated at the place of insurance."""
        bonus = [one.points_bp for one in self.age_bonus if age >= one.from_age]
        full = min(self.ratio_bp[level] + (bonus[-1] if bonus else 0), self.ratio_bp_max)
        return max(0, full - (self.reduction_bp[filing] if filing is not None else 0))


def policy_on(policies: Iterable[Policy], city: str, scheme: Scheme, day: date) -> Policy:
    """The newest version in force on the day of discharge, or a refusal."""
    found = [
        one for one in policies if (one.city, one.scheme) == (city, scheme) and one.is_in_force(day)
    ]
    if not found:
        raise POLICY_UNKNOWN(city=city, scheme=scheme.value, day=day.isoformat())
    return max(found, key=lambda one: one.version)
