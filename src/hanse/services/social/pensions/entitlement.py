"""What a monthly pension comes to at the place of claim (国发〔2005〕38号; 66号, article 7).

    index of a year = own wage base / average wage of the CLAIM place, for the months paid
    basic pension   = (W + W x average index) / 2 x years x 1 %
    account pension = balance / divisor of the age

Each of the two is one line, rounded once to the fen; the pension is their sum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import Money, rounded_half_up
from hanse.services.social.pensions.months import MONTHS_A_YEAR, duration, years
from hanse.services.social.pensions.parameters import BASIS_POINTS, PensionParameters
from hanse.services.social.pensions.records import Contribution

PENSION_AVERAGE_WAGE_UNKNOWN = ProblemKind(
    "pension_average_wage_unknown",
    422,
    Text("缺少待遇领取地的年度平均工资", "An average wage of the place of claim is missing"),
    Text("请补充{year}年的平均工资", "Give the average wage of {year}"),
)
PENSION_DIVISOR_UNKNOWN = ProblemKind(
    "pension_divisor_unknown",
    422,
    Text("没有该年龄的计发月数", "No divisor is known for this age"),
    Text("计发月数表只含{first}至{last}周岁", "The table holds ages {first} to {last}"),
)


@dataclass(frozen=True)
class YearIndex:
    """One year's index: as it is, and as it counts after floor and ceiling."""

    year: int
    months: int
    index: Fraction
    counted: Fraction


@dataclass(frozen=True)
class Entitlement:
    """The monthly pension in fen, its two parts, and every step in words."""

    basic: int
    account: int
    average_index: Fraction
    explanation: tuple[Text, ...]

    @property
    def total(self) -> int:
        """The pension: the sum of the rounded parts."""
        return self.basic + self.account


def year_indices(
    contributions: Iterable[Contribution],
    average_wages: Mapping[int, int],
    parameters: PensionParameters,
) -> tuple[YearIndex, ...]:
    """The index of every year paid. `average_wages`: the claim place's, fen a year, by year.

    A part-year is compared with its share of the yearly average. Raises
    `pension_average_wage_unknown` where a year is missing.
    """
    bases: dict[int, int] = {}
    months: dict[int, int] = {}
    for row in contributions:
        bases[row.year] = bases.get(row.year, 0) + row.base
        months[row.year] = months.get(row.year, 0) + len(row.months)
    floor = Fraction(parameters.index_floor_basis_points, BASIS_POINTS)
    ceiling = Fraction(parameters.index_ceiling_basis_points, BASIS_POINTS)
    found = []
    for year in sorted(bases):
        if not average_wages.get(year):
            raise PENSION_AVERAGE_WAGE_UNKNOWN(year=year)
        expected = Fraction(average_wages[year] * months[year], MONTHS_A_YEAR)
        index = bases[year] / expected
        found.append(YearIndex(year, months[year], index, min(max(index, floor), ceiling)))
    return tuple(found)


def average_index(indices: Iterable[YearIndex]) -> Fraction:
    """The mean of the counted indices, each weighted with its months; 0 where there is none."""
    found = tuple(indices)
    weights = sum(one.months for one in found)
    if not weights:
        return Fraction(0)
    return sum((one.counted * one.months for one in found), Fraction(0)) / weights


def basic_pension(wage: int, index: Fraction, months: int) -> int:
    """The basic pension in fen a month; `wage` is W in fen a month, `months` all that count."""
    return rounded_half_up((wage + wage * index) / 2 * years(months) / 100)


def account_pension(balance: int, age: int, divisors: Mapping[int, int]) -> int:
    """The account's pension in fen a month, by the whole years of age at the claim."""
    return rounded_half_up(Fraction(balance, divisor(age, divisors)))


def divisor(age: int, divisors: Mapping[int, int]) -> int:
    """Months by which the balance is divided; raises `pension_divisor_unknown`."""
    if age not in divisors:
        raise PENSION_DIVISOR_UNKNOWN(first=min(divisors), last=max(divisors))
    return divisors[age]


@dataclass(frozen=True)
class ClaimFacts:
    """What the claim place knows on the day of the claim; fen and months."""

    indices: tuple[YearIndex, ...]
    months: int
    """All months that count, deemed ones and those of temporary accounts included."""
    wage: int
    """W: the base of the year before, fen a month."""
    balance: int
    age: int


def entitlement(facts: ClaimFacts, parameters: PensionParameters) -> Entitlement:
    """The monthly pension with every step of its reckoning."""
    index = average_index(facts.indices)
    basic = basic_pension(facts.wage, index, facts.months)
    by = divisor(facts.age, parameters.divisors.months)
    account = account_pension(facts.balance, facts.age, parameters.divisors.months)
    wage, length, rounded = Money(facts.wage), duration(facts.months), f"{float(index):.4f}"
    words = [_index_in_words(one) for one in facts.indices]
    words += [
        Text(f"平均缴费指数{rounded}", f"average index {rounded}"),
        Text(
            f"基础养老金 = ({wage} + {wage} × {rounded}) ÷ 2 × {length.zh} × 1% = {Money(basic)}元",
            f"basic pension = ({wage} + {wage} x {rounded}) / 2 x {length.en} x 1 % = "
            f"{Money(basic)} yuan",
        ),
        Text(
            f"个人账户养老金 = {Money(facts.balance)} ÷ {by} = {Money(account)}元",
            f"account pension = {Money(facts.balance)} / {by} = {Money(account)} yuan",
        ),
        Text(
            f"月基本养老金 = {Money(basic + account)}元",
            f"monthly pension = {Money(basic + account)} yuan",
        ),
    ]
    return Entitlement(basic, account, index, tuple(words))


def _index_in_words(one: YearIndex) -> Text:
    index, counted = f"{float(one.index):.4f}", f"{float(one.counted):.4f}"
    if one.index == one.counted:
        return Text(f"{one.year}年缴费指数{index}", f"index of {one.year}: {index}")
    return Text(
        f"{one.year}年缴费指数{index}，按{counted}计",
        f"index of {one.year}: {index}, counted as {counted}",
    )
