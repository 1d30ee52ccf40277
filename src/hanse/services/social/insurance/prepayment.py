"""Money paid in advance by the insuring city to the treating one (预付金), and its alarms.

RULES 3.4. The base is the monthly average of last year's fourth quarter times the months it is to
cover. Prepay first, clear later (先预付后清算, 规程; read in a source of 医保发〔2022〕22号).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from hanse.foundation.money import rounded_half_up
from hanse.foundation.working_days import Calendar, Reckoning
from hanse.services.social.insurance.codes import Alarm
from hanse.services.social.insurance.policies import WHOLE_BP

QUARTER_MONTHS: Final = 3


@dataclass(frozen=True)
class PrepaymentParameters:
    """What provinces set differently."""

    months_cover: int = 2
    """[M] 医保发〔2022〕22号: two months; Hebei collects six from its cities [V2]."""
    yellow_bp: int = 7_000
    """[V2] Hebei: an alarm from 70 % on."""
    red_bp: int = 9_000
    """[V2] Hebei: from 90 % on the insuring city tops up at once."""
    notice_working_days: int = 5
    """[V2] Hebei: the notice goes to the finance department after its download."""
    payment_working_days: int = 10
    """[V2] Hebei: the finance department pays after the notice."""


def prepayment_fen(quarter_fen: Sequence[int], parameters: PrepaymentParameters) -> int:
    """The base amount from the three months of last year's fourth quarter, in fen."""
    if len(quarter_fen) != QUARTER_MONTHS or min(quarter_fen) < 0:
        raise ValueError("a quarter is three months of amounts that are not negative")
    return rounded_half_up(Fraction(sum(quarter_fen) * parameters.months_cover, QUARTER_MONTHS))


def threshold_fen(prepaid_fen: int, share_bp: int) -> int:
    """The drawn amount at which an alarm begins, in fen."""
    return rounded_half_up(Fraction(prepaid_fen * share_bp, WHOLE_BP))


def alarm(drawn_fen: int, prepaid_fen: int, parameters: PrepaymentParameters) -> Alarm:
    """`drawn` is settled and not yet cleared. Anything drawn from no prepayment is red."""
    if drawn_fen <= 0:
        return Alarm.NONE
    if drawn_fen * WHOLE_BP >= prepaid_fen * parameters.red_bp:
        return Alarm.RED
    if drawn_fen * WHOLE_BP >= prepaid_fen * parameters.yellow_bp:
        return Alarm.YELLOW
    return Alarm.NONE


@dataclass(frozen=True)
class Schedule:
    """By when the yearly adjustment is noticed and paid, with the reckoning in words."""

    notice: Reckoning[date]
    payment: Reckoning[date]
    whole_adjustment_ends: date


def schedule(downloaded_on: date, calendar: Calendar, parameters: PrepaymentParameters) -> Schedule:
    """The dates of an adjustment whose list was downloaded on that day; it ends with February."""
    notice = calendar.add_working_days(downloaded_on, parameters.notice_working_days)
    payment = calendar.add_working_days(notice.due, parameters.payment_working_days)
    march = date(downloaded_on.year, 3, 1)
    return Schedule(notice, payment, date.fromordinal(march.toordinal() - 1))
