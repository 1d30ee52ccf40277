"""The coded values of recognised results, with their names in both languages."""

from hanse.foundation.worded import Worded


class HospitalGrade(Worded):
    """Level and class of a hospital, as accredited (医院等级). Members stand from low to high."""

    UNGRADED = "ungraded", "未定级", "Not graded"
    ONE = "1", "一级", "First level"
    TWO_C = "2c", "二级丙等", "Second level, class C"
    TWO_B = "2b", "二级乙等", "Second level, class B"
    TWO_A = "2a", "二级甲等", "Second level, class A"
    THREE_C = "3c", "三级丙等", "Third level, class C"
    THREE_B = "3b", "三级乙等", "Third level, class B"
    THREE_A = "3a", "三级甲等", "Third level, class A"

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(type(self)).index(self)

    @property
    def level(self) -> int:
        """The level alone: 0 where not graded, else 1 to 3."""
        return int(self.value[0]) if self.value[0].isdigit() else 0


class ResultKind(Worded):
    """Examination or test, as 国卫医发〔2022〕6号 defines them. A diagnosis is neither."""

    EXAMINATION = "examination", "检查结果", "Examination result"
    TEST = "test", "检验结果", "Laboratory result"


class MarkScope(Worded):
    """How far a mark of mutual recognition (HR) reaches: as far as its quality control passed."""

    NATIONAL = "national", "全国HR", "National"
    PROVINCE = "province", "省HR", "Province"
    LEAGUE = "league", "成经区HR", "League"
    CITY = "city", "市HR", "City"


class LevelRule(Worded):
    """Which hospitals' results a hospital accepts by level."""

    SAME_OR_HIGHER = (
        "same_or_higher",
        "同级互认、下级认上级",
        "Same level, and the lower the higher",
    )
    TWO_TIERS = (
        "two_tiers",
        "二级乙等及以下、二级甲等及以上两档",
        "Two tiers, divided below class 2A",
    )


class RepeatReason(Worded):
    """Why an examination may be done again though its result is recognised. The list is closed."""

    CONDITION_CHANGED = (
        "1",
        "病情变化，结果与临床表现、疾病诊断不符",
        "The condition changed: the result does not fit the clinical picture",
    )
    CHANGES_FAST = "2", "结果在疾病发展过程中变化快", "The result changes fast with the disease"
    MAJOR = (
        "3",
        "项目对诊疗意义重大（手术、输血等前）",
        "Of major significance: before operation, transfusion",
    )
    EMERGENCY = "4", "急诊、急救", "Emergency or first aid"
    APPRAISAL = "5", "涉及司法、伤残、病退等鉴定", "Judicial, disability or sick-leave appraisal"
    OTHER = "6", "其他确需复查的情形", "Another case that needs it"
    PATIENT_ASKS = "7", "患者本人要求（地方）", "The patient asks for it (local)"
    QUALITY_FAILED = (
        "8",
        "出具机构质量评价不合格（地方）",
        "The laboratory failed its assessment (local)",
    )
    TOO_OLD = "9", "结果时间过长（地方）", "The result is too old (local)"


class Obstacle(Worded):
    """Why a result is not recognised by rule."""

    NOT_MARKED = "not_marked", "没有互认标识", "It bears no mark of recognition"
    OUT_OF_SCOPE = "out_of_scope", "互认标识不及于本地", "Its mark does not reach this place"
    LEVEL = "level", "出具机构等级不在互认范围", "The level of its hospital is not accepted"
    ITEM_NOT_LISTED = "item_not_listed", "不在互认项目清单", "The item is not on the list"
    EXPIRED = "expired", "已过有效期", "It is no longer valid"
    INCOMPLETE = "incomplete", "资料不完整", "It is incomplete"
    NOT_A_RESULT = "not_a_result", "诊断结论不属于互认内容", "A diagnosis is not recognised"


class Choice(Worded):
    """What the doctor did with an offered result."""

    RECOGNISED = "recognised", "认可", "Recognised"
    REPEATED = "repeated", "复查", "Repeated"
