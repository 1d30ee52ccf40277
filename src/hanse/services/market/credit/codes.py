"""The coded values of the credit service, each with its name in both languages.

A code is part of the protocol and keeps its meaning; a name is what people see.
"""

from hanse.foundation.worded import Worded


class CreditSystem(Worded):
    """By whose rules a record is published; the two systems count differently."""

    CREDIT_CHINA = "credit_china", "信用中国", "Credit China"
    SAMR = "samr", "国家企业信用信息公示系统", "Enterprise credit publicity system"


class RecordKind(Worded):
    """What a record tells of its subject."""

    PENALTY = "penalty", "行政处罚信息", "Administrative penalty"
    LIST = "list", "严重失信主体名单信息", "Serious dishonesty list"
    ABNORMAL = "abnormal", "异常名录信息", "List of abnormal operations"
    JUDGMENT = "judgment", "司法裁判执行信息", "Court judgment"
    GOOD = "good", "守信激励信息", "Good credit"


class Severity(Worded):
    """The classes of dishonesty of NDRC Order 36."""

    MINOR = "minor", "轻微", "Minor"
    GENERAL = "general", "一般", "General"
    SERIOUS = "serious", "严重", "Serious"


class PenaltyKind(Worded):
    """The kinds of the Administrative Penalty Law, article 9, and the grades of a fine."""

    WARNING = "warning", "警告", "Warning"
    CRITICISM = "criticism", "通报批评", "Public criticism"
    LOW_FINE = "low_fine", "较低数额罚款", "Low fine"
    LARGE_FINE = "large_fine", "较大数额罚款", "Large fine"
    VERY_LARGE_FINE = "very_large_fine", "巨额罚款", "Very large fine"
    CONFISCATION = "confiscation", "没收违法所得、没收非法财物", "Confiscation"
    LICENCE_SUSPENDED = "licence_suspended", "暂扣许可证件", "Licence suspended"
    DOWNGRADED = "downgraded", "降低资质等级", "Qualification downgraded"
    LICENCE_REVOKED = "licence_revoked", "吊销许可证件", "Licence revoked"
    BUSINESS_LICENCE_REVOKED = (
        "business_licence_revoked",
        "吊销营业执照",
        "Business licence revoked",
    )
    BUSINESS_RESTRICTED = "business_restricted", "限制开展生产经营活动", "Business restricted"
    PRODUCTION_STOPPED = "production_stopped", "责令停产停业", "Production or business stopped"
    CLOSED = "closed", "责令关闭", "Closed by order"
    TRADE_BANNED = "trade_banned", "限制从业", "Banned from the trade"


class Sector(Worded):
    """Fields of supervision in which records stay longer."""

    FOOD = "food", "食品", "Food"
    DRUGS = "drugs", "药品", "Drugs"
    SPECIAL_EQUIPMENT = "special_equipment", "特种设备", "Special equipment"
    WORK_SAFETY = "work_safety", "安全生产", "Work safety"
    FIRE = "fire", "消防", "Fire safety"


class DutyStatus(Worded):
    """Whether the subject has done what the decision demands."""

    NONE = "none", "无需履行", "No duty"
    OPEN = "open", "未履行", "Not done"
    PARTLY_DONE = "partly_done", "部分履行", "Done in part"
    DONE = "done", "已履行", "Done in full"


class RecordStatus(Worded):
    """What has become of a record. That its period has ended is a matter of the date."""

    NOT_PUBLISHED = "not_published", "不予公示", "Not published"
    PUBLISHED = "published", "公示中", "Published"
    LIFTED = "lifted", "暂停公示", "Lifted for the time of a reorganisation"
    REPAIRED = "repaired", "已修复", "Repaired"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class RecordAction(Worded):
    """What may be done to a record."""

    CORRECT = "correct", "更正", "Correct"
    WITHDRAW = "withdraw", "撤回", "Withdraw"
    LIFT = "lift", "暂停公示", "Lift for the time of a reorganisation"
    REPAIR = "repair", "修复", "Repair"
    RESTORE = "restore", "恢复公示", "Restore"
    OBJECT = "object", "提出异议", "Object"
    ANSWER_OBJECTION = "answer_objection", "答复异议", "Answer the objection"


class ObjectionStatus(Worded):
    """Whether the subject disputes a record."""

    NONE = "none", "无异议", "None"
    OPEN = "open", "异议处理中", "Being examined"
    UPHELD = "upheld", "异议成立", "Upheld"
    DISMISSED = "dismissed", "异议不成立", "Dismissed"


class RepairBasis(Worded):
    """On what an application for repair rests."""

    CORRECTED = "corrected", "纠正失信行为并履行义务", "Misconduct corrected and duties done"
    REORGANISATION = "reorganisation", "破产重整、和解", "Bankruptcy reorganisation or settlement"


class Material(Worded):
    """Papers that have at some time been asked of an applicant for repair."""

    DUTY_PROOF = "duty_proof", "义务履行完毕的证明材料", "Proof that the duties are done"
    COMMITMENT = "commitment", "信用承诺书", "Credit commitment"
    COURT_RULING = "court_ruling", "人民法院裁定书", "Court ruling on the plan"
    LICENCE_COPY = "licence_copy", "登记证照", "Copy of the licence"
    TRAINING_PROOF = "training_proof", "信用修复培训证明", "Proof of training"
    CREDIT_REPORT = "credit_report", "信用报告", "Credit report"


class RepairStatus(Worded):
    """Where an application for repair stands."""

    SUBMITTED = "submitted", "已提交", "Submitted"
    NOT_ACCEPTED = "not_accepted", "不予受理", "Not accepted"
    ACCEPTED = "accepted", "已受理", "Accepted"
    APPROVED = "approved", "准予修复", "Decided: approved"
    REFUSED = "refused", "不予修复", "Decided: refused"
    SYNCED = "synced", "已同步", "Synchronised"
    IN_EFFECT = "in_effect", "修复生效", "In effect"
    ABANDONED = "abandoned", "申请人撤回", "Taken back by the applicant"
    REVOKED = "revoked", "撤销修复", "Repair revoked"


class RepairAction(Worded):
    """What may be done to an application for repair."""

    ACCEPT = "accept", "受理", "Accept"
    NOT_ACCEPT = "not_accept", "不予受理", "Do not accept"
    EXTEND = "extend", "延长办理期限", "Extend"
    APPROVE = "approve", "准予修复", "Approve"
    REFUSE = "refuse", "不予修复", "Refuse"
    SYNC = "sync", "同步修复结果", "Synchronise"
    TAKE_EFFECT = (
        "take_effect",
        "终止公示、停止共享、解除措施",
        "Stop publishing, sharing, measures",
    )
    ABANDON = "abandon", "撤回申请", "Take back"
    REVOKE = "revoke", "撤销修复", "Revoke the repair"


class RepairActor(Worded):
    """Who acts on an application for repair."""

    APPLICANT = "applicant", "申请人", "Applicant"
    AUTHORITY = "authority", "认定单位", "Determining authority"
    SITE = "site", "信用网站", "Credit website"
    HOLDER = "holder", "信息使用城市", "City that holds a copy"


class Condition(Worded):
    """Conditions of an early end, as a refusal names those that are not met."""

    DUTY_DONE = "duty_done", "已履行处罚决定规定的义务", "the duties of the decision are done"
    HARM_REMOVED = "harm_removed", "已消除危害后果和不良影响", "the harm is removed"
    NOT_REPEATED = "not_repeated", "未因同类违法再受处罚", "no new penalty of the same kind"
    NOT_SEVERELY_AGAIN = "not_severely_again", "未再受较重行政处罚", "no new severe penalty"
    NOT_ABNORMAL = "not_abnormal", "不在经营异常名录", "not on the abnormal list"
    NOT_SERIOUS = "not_serious", "不在严重违法失信名单", "not on the serious list"
    MEASURES_ENDED = "measures_ended", "管理措施期限已届满", "the measures' own term has ended"


class MeasureBasis(Worded):
    """What allows a joint measure. There is no third."""

    NATIONAL_LIST = "national_list", "全国失信惩戒措施基础清单", "The national list of measures"
    LAW = "law", "法律、法规", "A law or regulation"


class MeasureKind(Worded):
    """Whether a joint measure burdens or benefits."""

    SANCTION = "sanction", "失信惩戒", "Sanction"
    INCENTIVE = "incentive", "守信激励", "Incentive"


class Usability(Worded):
    """Whether a record may be used on a day, and why not."""

    USABLE = "usable", "可以使用", "May be used"
    NOT_PUBLISHED = "not_published", "不予公示", "Is not published"
    NOT_YET = "not_yet", "尚未公示", "Is not yet published"
    ENDED = "ended", "公示期已届满", "Its period has ended"
    LIFTED = "lifted", "重整期间暂停公示", "Is lifted for a reorganisation"
    REPAIRED = "repaired", "已完成信用修复", "Is repaired"
    WITHDRAWN = "withdrawn", "已撤回", "Is withdrawn"
