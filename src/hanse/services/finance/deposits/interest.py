"""Interest of a time deposit that is withdrawn before its term.

储蓄管理条例 article 24: what is withdrawn early, the whole or a part, earns interest at the demand
rate announced on the day of the withdrawal.
"""

from datetime import date
from fractions import Fraction
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.money import rounded_half_up
from hanse.services.finance.deposits.parameters import DepositsParameters

DAYS_OF_A_YEAR: Final = 360
"""The banks' year for daily interest."""

DEMAND_RATE_UNKNOWN = ProblemKind(
    "deposits_demand_rate_unknown",
    409,
    Text("该日没有活期利率", "No demand rate is set for that day"),
    Text("请在参数中补充 {day} 的活期利率", "Set the demand rate of {day} in the parameters"),
)


def demand_rate(day: date, parameters: DepositsParameters) -> Fraction:
    """The yearly demand rate announced on a day, or the refusal: no rate is guessed."""
    known = [first for first in parameters.demand_rates if first <= day]
    if not known:
        raise DEMAND_RATE_UNKNOWN(day=day.isoformat())
    return parameters.demand_rates[max(known)]


def interest_fen(principal_fen: int, yearly_rate: Fraction, days: int) -> int:
    """Simple interest in fen, rounded half up."""
    return rounded_half_up(principal_fen * yearly_rate * days / DAYS_OF_A_YEAR)


def early_interest_fen(
    amount_fen: int, opened_on: date, withdrawn_on: date, parameters: DepositsParameters
) -> int:
    """The interest of an amount of a time deposit that is withdrawn early on a day."""
    days = (withdrawn_on - opened_on).days
    return interest_fen(amount_fen, demand_rate(withdrawn_on, parameters), days)
