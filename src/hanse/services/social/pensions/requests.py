"""What agencies ask of their node about pension relations, and what they are answered."""

from typing import Annotated, Final

from pydantic import Field

from hanse.foundation.identifiers import CitizenId
from hanse.foundation.languages import Text, titled
from hanse.foundation.money import Fen
from hanse.foundation.regions import RegionCode
from hanse.foundation.working_days import Day
from hanse.services.social.pensions.codes import ClaimRule, Destination, Standing, Track
from hanse.services.social.pensions.contracts import Certificate, DocumentNumber, Letter
from hanse.services.social.pensions.months import YearMonth
from hanse.services.social.pensions.records import YEARS_MAX, Contract, Year

STEPS_MAX: Final = 200


class Words(Contract):
    """A sentence in both languages."""

    zh: Annotated[str, titled("中文", "Chinese")]
    en: Annotated[str, titled("英文", "English")]


def in_words(text: Text) -> Words:
    """A text as contracts carry it."""
    return Words(zh=text.zh, en=text.en)


Steps = Annotated[tuple[Words, ...], titled("计算步骤", "Steps", max_length=STEPS_MAX)]


class ByPerson(Contract):
    """Names the person whose relation is meant."""

    citizen_id: Annotated[CitizenId, titled("公民身份号码", "Citizen identity number")]


class CertificateQuery(ByPerson):
    """Asks whether a certificate is one that the city gave to this person."""

    number: Annotated[DocumentNumber, titled("凭证编号", "Certificate number")]


class RelationState(Contract):
    """What the city keeps of a relation now, without its rows."""

    standing: Annotated[Standing, titled("关系状态", "Standing")]
    version: Annotated[int, titled("版本", "Version")]
    paid_months: Annotated[int, titled("缴费月数", "Months paid")]
    account_balance: Annotated[Fen, titled("个人账户储存额（分）", "Account balance, fen")]
    last_paid: Annotated[YearMonth, titled("最后缴费年月", "Last paid")]
    case_id: Annotated[str | None, titled("转移案件", "Transfer")] = None


class ArrivalQuery(ByPerson):
    """Asks what a worker's arrival at this city opens."""

    origin: Annotated[RegionCode, titled("原参保地", "Origin")]
    household_region: Annotated[RegionCode, titled("户籍地", "Household registered in")]
    by_order: Annotated[bool, titled("组织人事部门批准调动", "Moved by order")] = False


class ArrivalAnswer(Contract):
    """What is opened, why, and by when each step of a transfer would be due at the latest."""

    destination: Annotated[Destination, titled("接续方式", "What is opened")]
    reason: Annotated[Words, titled("理由", "Reason")]
    deadlines: Annotated[Steps, titled("各步骤最迟期限", "Latest days of each step")] = ()


class SheetRequest(Contract):
    """Asks the origin's node for the information sheet that a letter asks for."""

    letter: Annotated[Letter, titled("同意接收函", "Letter of consent")]


class AverageWage(Contract):
    """The average wage of the place of claim in a year."""

    year: Annotated[Year, titled("年度", "Year")]
    yearly: Annotated[Fen, titled("年平均工资（分）", "Yearly average, fen")]


class ClaimRequest(ByPerson):
    """Asks where a person claims the pension, and what it comes to there.

    The wages are those that the place of claim has published; this node holds none of its own.
    """

    track: Annotated[Track, titled("退休类别", "Track")]
    claimed_on: Annotated[Day | None, titled("申领日期（不填为当日）", "Day (today if none)")] = (
        None
    )
    average_wages: Annotated[
        tuple[AverageWage, ...],
        titled("历年平均工资", "Average wages of the place of claim", max_length=YEARS_MAX),
    ] = ()
    monthly_base: Annotated[Fen, titled("计发基数（分/月）", "W: base, fen a month")] = 0


class ClaimAnswer(Contract):
    """The place of claim, whether the pension is due there, and what it comes to."""

    place: Annotated[RegionCode, titled("待遇领取地", "Place of claim")]
    rule: Annotated[ClaimRule, titled("确定依据", "Rule")]
    is_here: Annotated[bool, titled("由本市核发", "This city pays it")]
    place_steps: Annotated[Steps, titled("领取地确定步骤", "How the place was found")]
    age_reached: Annotated[bool, titled("已达退休年龄", "The age is reached")]
    age_reached_in: Annotated[YearMonth, titled("达到退休年龄年月", "Reached in")]
    age_words: Annotated[Words, titled("退休年龄", "Pension age")]
    months: Annotated[int, titled("累计缴费月数（含视同）", "Months that count")]
    months_needed: Annotated[int, titled("最低缴费月数", "Months needed")]
    due: Annotated[bool, titled("符合按月领取条件", "A monthly pension is due")]
    basic: Annotated[Fen | None, titled("基础养老金（分/月）", "Basic pension, fen")] = None
    account: Annotated[Fen | None, titled("个人账户养老金（分/月）", "Account pension, fen")] = None
    total: Annotated[Fen | None, titled("月基本养老金（分）", "Monthly pension, fen")] = None
    steps: Steps = ()
    decide_by: Annotated[Day, titled("核定期限", "To be decided by")]
    decide_by_words: Annotated[Words, titled("期限计算", "How it was reckoned")]


class CertificateAnswer(Contract):
    """The certificate that the city gave out under this number."""

    certificate: Annotated[Certificate, titled("参保缴费凭证", "Certificate")]


class FundPosition(Contract):
    """What this city's pension fund holds, and what the other cities' funds owe it."""

    accounts: Annotated[Fen, titled("个人账户基金（分）", "Personal accounts, fen")]
    pool: Annotated[Fen, titled("统筹基金（分）", "Pooled fund, fen")]
    owed_by_peers: Annotated[
        dict[str, Annotated[int, Field(strict=True)]],
        titled("各市往来（分，正数为应收）", "Positions by city, fen; above zero is a claim"),
    ]


class NoQuestion(Contract):
    """Nothing needs to be said."""
