"""The lines that two cities share of a month: written at both, compared, cleared."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from hanse.foundation.store import Transaction
from hanse.services.social.insurance.clearing_rows import Month, Settled, reversal_month
from hanse.services.social.insurance.codes import Scheme
from hanse.services.social.insurance.contracts import SettledLine, Settlement
from hanse.services.social.insurance.tables import cleared, lines

INSURER: Final = "insurer"
TREATER: Final = "treater"
REVERSAL_SUFFIX: Final = "-r"
MONTH_LINES_MAX: Final = 2_000_000


def month_of(transaction: Transaction, peer: str, day: date) -> str:
    """At the insuring city: the month in which a settlement of that day is cleared."""
    return str(_open_month(transaction, INSURER, peer, Month.of(day)))


def month_of_reversal(transaction: Transaction, peer: str, claim: str, day: date) -> str:
    """At the insuring city: that of a reversal, after the month of what it takes back if that
    is cleared."""
    made = transaction.value(
        select(lines.c.month).where(lines.c.line == claim, lines.c.role == INSURER)
    )
    cleared_month = None
    if made is not None and _is_cleared(transaction, INSURER, peer, str(made)):
        year, _, number = str(made).partition("-")
        cleared_month = Month(int(year), int(number))
    month = reversal_month(cleared_month, Month.of(day))
    return str(_open_month(transaction, INSURER, peer, month))


def add(transaction: Transaction, role: str, peer: str, settlement: Settlement, month: str) -> None:
    """The line of a settlement."""
    _insert(transaction, role, peer, settlement.claim, month, settlement, 1)


def take_back(
    transaction: Transaction, role: str, peer: str, settlement: Settlement, month: str
) -> None:
    """The negative line of a reversal."""
    _insert(transaction, role, peer, settlement.claim + REVERSAL_SUFFIX, month, settlement, -1)


def _insert(
    transaction: Transaction,
    role: str,
    peer: str,
    line: str,
    month: str,
    settlement: Settlement,
    sign: int,
) -> None:
    transaction.insert(
        lines,
        {
            "line": line,
            "role": role,
            "peer": peer,
            "month": month,
            "scheme": settlement.scheme.value,
            "total_fen": sign * settlement.total_fen,
            "owed_fen": sign * settlement.owed_fen,
        },
    )


def _open_month(transaction: Transaction, role: str, peer: str, month: Month) -> Month:
    while _is_cleared(transaction, role, peer, str(month)):
        month = month.later(1)
    return month


def _is_cleared(transaction: Transaction, role: str, peer: str, month: str) -> bool:
    found = transaction.value(
        select(cleared.c.month).where(
            cleared.c.role == role, cleared.c.peer == peer, cleared.c.month == month
        )
    )
    return found is not None


def close(transaction: Transaction, role: str, peer: str, month: str, day: date) -> None:
    """Note that the month is cleared: what comes now belongs to a later one."""
    transaction.upsert(
        cleared,
        {"role": role, "peer": peer, "month": month, "closed_on": day.isoformat()},
        lambda new: {"closed_on": new.closed_on},
    )


def page(
    transaction: Transaction, role: str, peer: str, month: str, after: str, count: int
) -> list[SettledLine]:
    """Lines of a month, by their number; one more than asked where there are more."""
    rows = transaction.rows(
        select(lines)
        .where(
            lines.c.role == role,
            lines.c.peer == peer,
            lines.c.month == month,
            lines.c.line > after,
        )
        .order_by(lines.c.line)
        .limit(count + 1)
    )
    return [
        SettledLine(
            line=row.line,
            scheme=_scheme(row.scheme),
            total_fen=row.total_fen,
            owed_fen=row.owed_fen,
        )
        for row in rows
    ]


def all_of(transaction: Transaction, role: str, peer: str, month: str) -> list[Any]:
    """Every line of a month with a city."""
    return list(
        transaction.rows(
            select(lines.c.line, lines.c.scheme, lines.c.total_fen, lines.c.owed_fen)
            .where(lines.c.role == role, lines.c.peer == peer, lines.c.month == month)
            .order_by(lines.c.line)
            .limit(MONTH_LINES_MAX)
        )
    )


def as_settled(found: Iterable[Any], insured: str, treated: str) -> list[Settled]:
    """Lines in the form in which rows and differences are reckoned."""
    return [
        Settled(one.line, insured, treated, _scheme(one.scheme), one.total_fen, one.owed_fen)
        for one in found
    ]


def drawn_fen(transaction: Transaction, peer: str) -> int:
    """Settled with an insuring city and not yet cleared, in fen."""
    closed = select(cleared.c.month).where(cleared.c.role == TREATER, cleared.c.peer == peer)
    total = transaction.value(
        select(func.coalesce(func.sum(lines.c.owed_fen), 0)).where(
            lines.c.role == TREATER, lines.c.peer == peer, lines.c.month.not_in(closed)
        )
    )
    return int(total or 0)


def _scheme(code: str) -> Scheme:
    return next(one for one in Scheme if one == code)
