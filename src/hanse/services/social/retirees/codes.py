"""The coded values of retirees' certification, each with its name."""

from typing import Final

from hanse.foundation.worded import Worded


class Scheme(Worded):
    """What a benefit is paid from."""

    EMPLOYEE = "employee_pension", "企业职工基本养老保险", "Pension of enterprise employees"
    RESIDENT = "resident_pension", "城乡居民基本养老保险", "Pension of urban and rural residents"
    SURVIVOR = "survivor", "供养亲属抚恤金", "Pension of a dependent survivor"
    INJURY = "work_injury", "工伤伤残津贴", "Disability allowance after a work injury"


class Channel(Worded):
    """How an agency may certify, in the order of 社会保险经办条例 article 26."""

    COMPARISON = "comparison", "信息比对", "Comparison of data"
    SELF_SERVICE = "self_service", "自助认证", "Self-service"
    DELEGATED = "delegated", "委托核实", "Verification by a delegate"
    VISIT = "visit", "上门服务", "Visit at home"


LEGAL_ORDER: Final = (
    Channel.COMPARISON,
    Channel.SELF_SERVICE,
    Channel.DELEGATED,
    Channel.VISIT,
)


class EvidenceKind(Worded):
    """What was seen of a person."""

    INPATIENT = "inpatient", "住院记录", "Stay in a hospital"
    FACE = "face", "人脸识别", "Face recognised"
    FINGERPRINT = "fingerprint", "指纹识别", "Fingerprint recognised"
    IN_PERSON = "in_person", "当面核实", "Met in person"
    VACCINATION = "vaccination", "疫苗接种", "Vaccination"
    TRAVEL = "travel", "实名出行", "Journey under the own name"
    INSURANCE = "insurance_purchase", "医保刷卡购药", "Purchase with the insurance card"
    PRISON = "prison", "服刑", "In prison"
    DEATH = "death", "死亡登记", "Registered as dead"
    CREMATION = "cremation", "火化记录", "Cremation"


class Result(Worded):
    """What a city that was asked has found."""

    ALIVE = "alive", "健在", "Alive"
    DECEASED = "deceased", "已死亡", "Deceased"
    NOT_FOUND = "not_found", "未查到", "Not found"


class Standing(Worded):
    """Where a person's certification stands."""

    VALID = "valid", "有效", "Valid"
    DUE_SOON = "due_soon", "即将到期", "Due soon"
    DUE = "due", "已到期", "Due"
    SUSPENDED = "suspended", "暂停发放", "Suspended"
    RESTORED = "restored", "已恢复，待补发", "Restored, arrears to be paid"
    TERMINATED = "terminated", "已终止", "Terminated"


class DeathSource(Worded):
    """Who says when a person died."""

    POLICE = "police", "公安机关", "Public security"
    HEALTH = "health", "卫生健康部门", "Health authority"
    CIVIL = "civil", "民政部门", "Civil affairs"


class LossKind(Worded):
    """Why an entitlement ends."""

    DEATH = "death", "死亡", "Death"
    PRISON = "prison", "服刑", "Imprisonment"
    OTHER = "other", "其他丧失资格情形", "Another loss of entitlement"


class Reporter(Worded):
    """Who must report a loss (article 25)."""

    FAMILY = "family", "亲属", "Family"
    EMPLOYER = "employer", "用人单位", "Employer"


class PaymentKind(Worded):
    """Why a month is paid when it is."""

    REGULAR = "regular", "当月发放", "The month's own payment"
    ARREARS = "arrears", "补发", "Arrears"
