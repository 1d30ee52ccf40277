"""The pension rules' dated tables and parameters, each with the mark of its evidence.

[V] the clause was read, [V2] read in a secondary source, [M] from memory of the named instrument,
[P] a local decision or none was found. A node's `node.toml` replaces what stands here under
`[parameters."social.pensions"]`; two cities must agree on the pooling mode, and a transfer says it.
"""

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hanse.foundation.working_days import Day
from hanse.services.social.pensions.codes import ClaimUnit, LimitProfile, PoolingMode

FIRST_DAY_OF_66: Final = date(2010, 1, 1)
"""[V2] 国办发〔2009〕66号 is in force from this day."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PoolingEntry(_Table):
    """From when which mode stands."""

    effective_from: Day
    mode: PoolingMode


class PoolingSchedule(_Table):
    """Which mode stands on the day of an application, the earliest entry first."""

    entries: tuple[PoolingEntry, ...] = Field(
        default=(PoolingEntry(effective_from=FIRST_DAY_OF_66, mode=PoolingMode.CITY_66),),
        min_length=1,
        max_length=50,
    )
    """[P] The model of the policy's years: each city pools, so relation and funds move. That money
    no longer moves between the cities of a province that pools ([M], not verified) is an entry
    more, with the day that the province names."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        days = [entry.effective_from for entry in self.entries]
        if any(late <= early for early, late in itertools.pairwise(days)):
            raise ValueError("the entries are not in order of their days")
        return self


class LimitTerms(_Table):
    """Working days for each step of a transfer."""

    review: Annotated[int, Field(ge=1, le=60)]
    origin: Annotated[int, Field(ge=1, le=60)]
    receive: Annotated[int, Field(ge=1, le=60)]

    @property
    def total(self) -> int:
        """All steps together."""
        return self.review + self.origin + self.receive


class TransferLimits(_Table):
    """Which profile stands, and what each profile's steps may take."""

    profile: LimitProfile = LimitProfile.NATIONAL_45
    national_45: LimitTerms = LimitTerms(review=15, origin=15, receive=15)
    """[V2] 66号, article 8."""
    compressed_15: LimitTerms = LimitTerms(review=5, origin=5, receive=5)
    """[M] many regions publish 15 working days in all; how they share it out is [P]."""
    unmovable_notice: Annotated[int, Field(ge=1, le=60)] = 10
    """[V] 人社厅发〔2019〕94号: written notice of what cannot move, from receipt of the letter."""
    claim: Annotated[int, Field(ge=1, le=60)] = 20
    """[V] 社会保险经办条例, article 18: an application for the pension is decided."""

    @property
    def terms(self) -> LimitTerms:
        """The terms of the profile that stands."""
        national = self.profile is LimitProfile.NATIONAL_45
        return self.national_45 if national else self.compressed_15


class ClaimPlaces(_Table):
    """What counts as one place when years are added up for the place of claim."""

    unit: ClaimUnit = ClaimUnit.CITY
    """[P] 66号 reads province; inside one province the example of the rules counts by city."""
    months_min: Annotated[int, Field(ge=1, le=600)] = 120
    """[V] article 6: ten years, counted in months."""


@dataclass(frozen=True)
class Ratio:
    """A ratio of the wage base, in basis points (1 200 is 12 %), from a year on."""

    from_year: int
    basis_points: int


BOOKED_RATIOS: Final = (Ratio(1998, 1_100), Ratio(2006, 800))
"""[V2] 187号: what is booked to the personal account, 11 % to 2005, 8 % from 2006-01-01. Before
1998 only what the individual paid counts."""
POOL_FIRST_YEAR: Final = 1998
POOL_BASIS_POINTS: Final = 1_200
"""[V] 66号, article 4: 12 % of the wage base since 1998-01-01, without interest."""
BASIS_POINTS: Final = 10_000


class InterestTable(_Table):
    """The yearly national interest rate of personal accounts, in basis points, by year."""

    basis_points: dict[int, Annotated[int, Field(ge=0, le=5_000)]] = {
        2016: 831, 2017: 712, 2018: 829, 2019: 761, 2020: 604, 2021: 669, 2022: 612, 2023: 397,
        2024: 262,
    }  # fmt: skip
    """[M] published each year; a year that is not here is not reckoned, never guessed."""


AGE_LIMIT_MAN: Final = 50
AGE_LIMIT_WOMAN: Final = 40
"""[V] 66号, article 5: from this age on, a temporary account away from the hukou province."""


class DivisorTable(_Table):
    """Months by which the personal account is divided, by the whole years of age at the claim."""

    months: dict[int, Annotated[int, Field(ge=1, le=600)]] = {
        40: 233, 41: 230, 42: 226, 43: 223, 44: 220, 45: 216, 46: 212, 47: 208, 48: 204, 49: 199,
        50: 195, 51: 190, 52: 185, 53: 180, 54: 175, 55: 170, 56: 164, 57: 158, 58: 152, 59: 145,
        60: 139, 61: 132, 62: 125, 63: 117, 64: 109, 65: 101, 66: 93, 67: 84, 68: 75, 69: 65,
        70: 56,
    }  # fmt: skip
    """[M] 国发〔2005〕38号, annex."""


@dataclass(frozen=True)
class PensionParameters:
    """What a league, a province or a city sets otherwise."""

    pooling: PoolingSchedule = field(default_factory=PoolingSchedule)
    limits: TransferLimits = field(default_factory=TransferLimits)
    claim_places: ClaimPlaces = field(default_factory=ClaimPlaces)
    interest: InterestTable = field(default_factory=InterestTable)
    divisors: DivisorTable = field(default_factory=DivisorTable)
    index_floor_basis_points: int = 6_000
    """[M] a year's index counts as at least 0.6 ..."""
    index_ceiling_basis_points: int = 30_000
    """[M] ... and as at most 3.0."""
    back_payment_years_min: int = 3
    """[V] 人社厅发〔2019〕94号: one-off back payments of three years and more need a document."""
    back_payment_documents_from: date = date(2016, 11, 28)
    """[M] 人社部规〔2016〕5号 took effect: before, the origin's written commitment is enough."""


DEFAULTS: Final = PensionParameters()
