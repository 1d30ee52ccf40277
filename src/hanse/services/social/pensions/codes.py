"""The coded values of the pension service, each with its name in both languages.

A code is part of the protocol and keeps its meaning; a name is what people see.
"""

from hanse.foundation.worded import Worded


class AccountKind(Worded):
    """What kind of account a period was paid into (国办发〔2009〕66号, article 5)."""

    NORMAL = "normal", "基本养老保险关系", "Normal relation"
    TEMPORARY = "temporary", "临时基本养老保险缴费账户", "Temporary account"


class Payer(Worded):
    """Who pays: it decides the ratio of the pooled part that moves."""

    EMPLOYED = "employed", "用人单位职工", "Employed, the unit pays a part"
    FLEXIBLE = "flexible", "灵活就业人员", "Insured as an individual"


class Household(Worded):
    """The kind of household registration."""

    URBAN = "urban", "非农业户口", "Urban"
    RURAL = "rural", "农业户口", "Rural"
    RESIDENT = "resident", "居民户口", "Resident, one kind for all"


class PoolingMode(Worded):
    """What a move inside the league carries."""

    CITY_66 = "city_66", "市级统筹：转移关系和资金", "Each city pools: relation and funds move"
    PROVINCE_RELATION_ONLY = (
        "province_relation_only",
        "省级统筹：只转移关系",
        "The province pools: the relation moves, no cash",
    )


class ClaimUnit(Worded):
    """What counts as one place where years accumulate."""

    CITY = "city", "地级市", "City"
    PROVINCE = "province", "省级单位", "Province"


class LimitProfile(Worded):
    """How long the steps of a transfer may take in all."""

    NATIONAL_45 = "national_45", "全国时限（45个工作日）", "National: 45 working days"
    COMPRESSED_15 = "compressed_15", "压缩时限（15个工作日）", "Compressed: 15 working days"


class Destination(Worded):
    """What a worker's arrival opens at the new place."""

    NORMAL = "normal", "转移接续基本养老保险关系", "The relation moves"
    TEMPORARY = (
        "temporary",
        "原关系保留，新参保地建立临时账户",
        "The relation stays, the new place opens a temporary account",
    )


class Track(Worded):
    """Which pension age applies (国务院关于渐进式延迟法定退休年龄的办法)."""

    MAN_60 = "man_60", "男职工（原60周岁）", "Man, formerly 60"
    WOMAN_55 = "woman_55", "女职工（原55周岁）", "Woman, formerly 55"
    WOMAN_50 = "woman_50", "女职工（原50周岁）", "Woman, formerly 50"


class ClaimRule(Worded):
    """By which sentence of article 6 of 66号 the place of claim was found."""

    HOUSEHOLD = "household", "关系在户籍所在地", "The relation is at the household's place"
    CURRENT = "current", "现关系所在地累计满十年", "Ten years at the place of the relation"
    EARLIER = "earlier", "上一个累计满十年的参保地", "The latest earlier place with ten years"
    FALLBACK = (
        "fallback",
        "各地均不满十年，归集户籍所在地",
        "No place has ten years: the household's place",
    )


class Evidence(Worded):
    """What can show that a one-off back payment was lawful (人社厅发〔2019〕94号)."""

    COMMITMENT = "commitment", "参保地书面承诺", "Written commitment of the place that took it"
    COURT = "court", "人民法院文书", "Court document"
    AUDIT = "audit", "审计部门文书", "Audit document"
    INSPECTION = "inspection", "劳动保障监察文书", "Labour inspection document"
    ARBITRATION = "arbitration", "劳动人事争议仲裁文书", "Arbitration award"
    NONE = "none", "无", "None"


class Immovable(Worded):
    """Why a part of a relation cannot move."""

    BACK_PAYMENT_UNPROVED = (
        "back_payment_unproved",
        "一次性补缴缺少有效文书",
        "A one-off back payment lacks its document",
    )
    DOCUMENT_TOO_LATE = (
        "document_too_late",
        "文书出具晚于补缴",
        "The document is not older than the back payment",
    )


class Finding(Worded):
    """What reconciling an information sheet with the rules and the money may find."""

    BOOKED_DIFFERS = "booked_differs", "个人账户记账额不符", "An amount booked differs"
    INTEREST_DIFFERS = "interest_differs", "个人账户利息不符", "An account's interest differs"
    POOL_DIFFERS = "pool_differs", "统筹基金转移额不符", "A pooled amount differs"
    FUNDS_DIFFER = "funds_differ", "到账资金与信息表不符", "The money differs from the sheet"
    PERSON_DIFFERS = "person_differs", "人员信息不符", "The person differs"
    PLACE_DIFFERS = "place_differs", "参保地或接收地不符", "A city differs"
    LETTER_DIFFERS = "letter_differs", "联系函编号不符", "The letter's number differs"
    MODE_DIFFERS = "mode_differs", "统筹模式不符", "The pooling mode differs"


class Standing(Worded):
    """Where a relation stands at the city that keeps it."""

    ACTIVE = "active", "正常", "Kept here"
    MOVING = "moving", "转移中", "On its way to another city"
    MOVED = "moved", "已转出", "Moved to another city"
