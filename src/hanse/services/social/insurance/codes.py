"""The coded values of medical insurance, with their names in both languages."""

from hanse.foundation.worded import Worded


class Scheme(Worded):
    """What a person is insured under; codes of the national interface. [M]"""

    EMPLOYEE = "310", "职工基本医疗保险", "Employees' basic medical insurance"
    RESIDENT = "390", "城乡居民基本医疗保险", "Residents' basic medical insurance"


class HospitalLevel(Worded):
    """The grade of the hospital that treats."""

    THIRD = "third", "三级医院", "Third-level hospital"
    SECOND = "second", "二级医院", "Second-level hospital"
    FIRST = "first", "一级医院", "First-level hospital"
    COMMUNITY = "community", "社区卫生服务中心", "Community health centre"


class ItemClass(Worded):
    """How the catalogue of the place of treatment pays an item."""

    A = "A", "甲类（全额纳入）", "Class A: payable in full"
    B = "B", "乙类（先行自付）", "Class B: payable after the person's own share"
    C = "C", "自费", "Class C: not payable"


class FilingKind(Worded):
    """Why a person is treated away from the place of insurance (备案)."""

    LONG_TERM = "long_term", "异地长期居住", "Long-term resident elsewhere"
    REFERRAL = "referral", "异地转诊", "Referred"
    EMERGENCY = "emergency", "异地急诊抢救", "Emergency"
    NO_REFERRAL = "no_referral", "非急诊且未转诊", "Neither emergency nor referred"


class CareKind(Worded):
    """What kind of care a claim is for."""

    INPATIENT = "inpatient", "住院", "Inpatient"
    OUTPATIENT = "outpatient", "普通门诊", "Outpatient"
    CHRONIC = "chronic", "门诊慢特病", "Outpatient, chronic or special disease"


class Alarm(Worded):
    """How much of a prepayment is drawn."""

    NONE = "none", "正常", "Normal"
    YELLOW = "yellow", "黄色预警", "Yellow alarm"
    RED = "red", "红色预警：须紧急调增", "Red alarm: top up at once"


class DifferenceKind(Worded):
    """How two cities' lists differ about one settlement."""

    MISSING_AT_INSURER = "missing_at_insurer", "参保地缺少", "Missing at the place of insurance"
    MISSING_AT_TREATER = "missing_at_treater", "就医地缺少", "Missing at the place of treatment"
    FIELD_DIFFERS = "field_differs", "内容不一致", "A field differs"
    DOUBLED = "doubled", "重复", "Doubled"


class BillState(Worded):
    """How far a hospital's bill has come at the treating city."""

    ASKED = "asked", "等待参保地答复", "Waits for the insuring city"
    SETTLED = "settled", "已结算", "Settled"
    REFUSED = "refused", "参保地拒绝", "Refused by the insuring city"
    UNDOING = "undoing", "冲正中", "Being taken back"
    UNDONE = "undone", "已冲正", "Taken back"
