"""The coded values of medical insurance, with their names in both languages."""

from enum import StrEnum
from typing import Final

from hanse.foundation.languages import Text


class Scheme(StrEnum):
    """What a person is insured under; codes of the national interface. [M]"""

    EMPLOYEE = "310"
    RESIDENT = "390"


class HospitalLevel(StrEnum):
    """The grade of the hospital that treats."""

    THIRD = "third"
    SECOND = "second"
    FIRST = "first"
    COMMUNITY = "community"


class ItemClass(StrEnum):
    """How the catalogue of the place of treatment pays an item."""

    A = "A"
    """Payable in full."""
    B = "B"
    """Payable after the person's own share."""
    C = "C"
    """Not payable."""


class FilingKind(StrEnum):
    """Why a person is treated away from the place of insurance (备案)."""

    LONG_TERM = "long_term"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    NO_REFERRAL = "no_referral"


class CareKind(StrEnum):
    """What kind of care a claim is for."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    CHRONIC = "chronic"
    """Outpatient care of a chronic or special disease, paid like inpatient care."""


NAMES: Final = {
    Scheme.EMPLOYEE: Text("职工基本医疗保险", "Employees' basic medical insurance"),
    Scheme.RESIDENT: Text("城乡居民基本医疗保险", "Residents' basic medical insurance"),
    HospitalLevel.THIRD: Text("三级医院", "Third-level hospital"),
    HospitalLevel.SECOND: Text("二级医院", "Second-level hospital"),
    HospitalLevel.FIRST: Text("一级医院", "First-level hospital"),
    HospitalLevel.COMMUNITY: Text("社区卫生服务中心", "Community health centre"),
    ItemClass.A: Text("甲类", "Class A"),
    ItemClass.B: Text("乙类", "Class B"),
    ItemClass.C: Text("自费", "Self-paid"),
    FilingKind.LONG_TERM: Text("异地长期居住", "Long-term resident elsewhere"),
    FilingKind.REFERRAL: Text("异地转诊", "Referred"),
    FilingKind.EMERGENCY: Text("异地急诊抢救", "Emergency"),
    FilingKind.NO_REFERRAL: Text("非急诊且未转诊", "Neither emergency nor referred"),
    CareKind.INPATIENT: Text("住院", "Inpatient"),
    CareKind.OUTPATIENT: Text("普通门诊", "Outpatient"),
    CareKind.CHRONIC: Text("门诊慢特病", "Outpatient, chronic or special disease"),
}
