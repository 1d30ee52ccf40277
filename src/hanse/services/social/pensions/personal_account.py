"""The personal account: what each row books, what each year earns, and how a part is split off.

Booked: before 1998 the individual's own payments, 11 % of the wage base to 2005, 8 % since
(人社部发〔2009〕187号). Interest is national and yearly; in the year of a move the origin books
none, and the new place reckons that year's interest on what was booked.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import Money, rounded_half_up
from hanse.services.social.pensions.months import MONTHS_A_YEAR
from hanse.services.social.pensions.parameters import BASIS_POINTS, BOOKED_RATIOS
from hanse.services.social.pensions.records import AccountYear, Contribution

PENSION_INTEREST_UNKNOWN = ProblemKind(
    "pension_interest_unknown",
    422,
    Text("没有该年度的个人账户记账利率", "No interest rate of personal accounts is known"),
    Text("请在参数中补充{year}年的记账利率", "Add the rate of {year} to the parameters"),
)


def booked_basis_points(row: Contribution) -> int:
    """The ratio of the wage base that is booked for a row, in basis points."""
    ratios = [ratio.basis_points for ratio in BOOKED_RATIOS if ratio.from_year <= row.year]
    return ratios[-1] if ratios else row.individual_rate


def booked_for(row: Contribution) -> int:
    """What a row books to the personal account, in fen; one line, rounded once."""
    return rounded_half_up(Fraction(row.base * booked_basis_points(row), BASIS_POINTS))


def year_interest(opening: int, rows: Iterable[Contribution], rate_basis_points: int) -> int:
    """A year's interest in fen: the opening balance for the whole year, each month's booking for
    the months that follow it [M]; one line, rounded once."""
    earning = Fraction(opening)
    for row in rows:
        monthly = Fraction(row.booked, len(row.months))
        earning += sum(monthly * (MONTHS_A_YEAR - month) / MONTHS_A_YEAR for month in row.months)
    return rounded_half_up(earning * rate_basis_points / BASIS_POINTS)


def account_years(
    contributions: Sequence[Contribution],
    rates: Mapping[int, int],
    *,
    opening: int = 0,
    without_interest_from: int,
) -> tuple[AccountYear, ...]:
    """The account year by year from the first row, `opening` in fen carried into it.

    Years from `without_interest_from` on book no interest: the year of a move is left to the new
    place. Raises `pension_interest_unknown` for an earlier year without a rate.
    """
    if not contributions:
        return ()
    by_year: dict[int, list[Contribution]] = {}
    for row in contributions:
        by_year.setdefault(row.year, []).append(row)
    found, balance = [], opening
    for year in range(min(by_year), max(*by_year, without_interest_from - 1) + 1):
        rows = by_year.get(year, [])
        interest = 0
        if year < without_interest_from:
            if year not in rates:
                raise PENSION_INTEREST_UNKNOWN(year=year)
            interest = year_interest(balance, rows, rates[year])
        booked = sum(row.booked for row in rows)
        closing = balance + booked + interest
        found.append(
            AccountYear(
                year=year, opening=balance, booked=booked, interest=interest, closing=closing
            )
        )
        balance = closing
    return tuple(found)


def split_account(
    account: Sequence[AccountYear], moved_booked: Mapping[int, int]
) -> tuple[tuple[AccountYear, ...], int]:
    """The moving part of an account, and the fen that stay.

    `moved_booked` says how much of each year's booking moves. A year's interest is shared in
    proportion to what earned it, opening and booking, so that both parts sum to the whole [P].
    """
    moving: list[AccountYear] = []
    opening = 0
    for year in account:
        booked = moved_booked.get(year.year, 0)
        earned, all_of_it = opening + booked, year.opening + year.booked
        interest = 0
        if earned:
            interest = Money(year.interest).split([earned, all_of_it - earned])[0].minor
        closing = opening + booked + interest
        if closing or moving:
            moving.append(
                AccountYear(
                    year=year.year,
                    opening=opening,
                    booked=booked,
                    interest=interest,
                    closing=closing,
                )
            )
        opening = closing
    stays = (account[-1].closing if account else 0) - opening
    return tuple(moving), stays
