"""The policies that a city has until it enters its own; every value says where it comes from."""

from datetime import date
from typing import Final

from hanse.services.social.insurance.codes import FilingKind, HospitalLevel, Scheme
from hanse.services.social.insurance.policies import AgeBonus, Policy

_MEASURES: Final = "[M] 成都市城镇职工基本医疗保险办法"
_LOCAL: Final = "[P] 地方规定，此处为默认值 / local, a default here"

AVERAGE_WAGE_FEN: Final = 9_300_000
"""[P] the year's average wage in the cap of four times it; a default, to be set each year."""


def employee_policy(city: str) -> Policy:
    """The default for employees. Chengdu's values; other cities' are local and marked so."""
    measured = _MEASURES if city == "510100" else _LOCAL + "(成都数值)"
    return Policy(
        city=city,
        scheme=Scheme.EMPLOYEE,
        version=1,
        effective_from=date(2022, 1, 1),
        deductible_fen={
            HospitalLevel.THIRD: 80_000,
            HospitalLevel.SECOND: 40_000,
            HospitalLevel.FIRST: 20_000,
            HospitalLevel.COMMUNITY: 16_000,
        },
        deductible_step_fen=10_000,
        deductible_floor_fen=16_000,
        ratio_bp={
            HospitalLevel.THIRD: 8_500,
            HospitalLevel.SECOND: 9_000,
            HospitalLevel.FIRST: 9_200,
            HospitalLevel.COMMUNITY: 9_500,
        },
        age_bonus=(
            AgeBonus(from_age=50, points_bp=200),
            AgeBonus(from_age=60, points_bp=400),
            AgeBonus(from_age=70, points_bp=600),
            AgeBonus(from_age=80, points_bp=800),
        ),
        reduction_bp={
            FilingKind.LONG_TERM: 0,
            FilingKind.REFERRAL: 1_000,
            FilingKind.EMERGENCY: 1_000,
            FilingKind.NO_REFERRAL: 2_000,
        },
        cap_fen=4 * AVERAGE_WAGE_FEN,
        sources={
            "deductible_fen": measured,
            "deductible_step_fen": measured,
            "deductible_floor_fen": measured,
            "ratio_bp": measured,
            "age_bonus": _LOCAL,
            "reduction_bp": "[V2] 医保发〔2022〕22号, the highest it allows; inside a province [P]",
            "cap_fen": _LOCAL,
            "serious_illness": _LOCAL,
            "settles_without_filing": _LOCAL,
        },
    )


def resident_policy(city: str) -> Policy:
    """The default for residents: every value is local."""
    employee = employee_policy(city)
    ratio_bp = {
        HospitalLevel.THIRD: 5_500,
        HospitalLevel.SECOND: 6_500,
        HospitalLevel.FIRST: 8_000,
        HospitalLevel.COMMUNITY: 8_500,
    }
    return Policy.model_validate(
        employee.model_dump()
        | {
            "scheme": Scheme.RESIDENT,
            "ratio_bp": ratio_bp,
            "age_bonus": (),
            "cap_fen": 20_000_000,
            "sources": dict.fromkeys(employee.sources, _LOCAL),
        }
    )
