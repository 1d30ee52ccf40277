"""The books of two cities, compared serial by serial: every difference has a name.

Each accepted serial must end in both books in the same state, with the same money, and what one
city's bank has as a claim the other's has as a debt. What is still open is named as open, and is a
dispute from the day after next on (RULES 10: unmatched beyond T+1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hanse.foundation.worded import Worded
from hanse.services.finance.deposits import rules
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import FINAL, Role, State
from hanse.services.finance.deposits.contracts import BookLine

DISPUTE_AFTER_DAYS = 1


class Difference(Worded):
    """What is wrong with a serial in two books."""

    MISSING_THERE = "missing_there", "对方无此流水", "The other book lacks it"
    MISSING_HERE = "missing_here", "本方无此流水", "This book lacks it"
    AMOUNT = "amount", "金额不符", "The amounts differ"
    FEE = "fee", "手续费不符", "The fees differ"
    KIND = "kind", "业务种类不符", "The kinds differ"
    BANK = "bank", "银行不符", "The banks differ"
    STATE = "state", "终态不符", "They ended differently"
    POSITION = "position", "城际头寸不符", "The positions do not cancel out"
    OPEN = "open", "尚未终结", "It has not ended yet"
    DISPUTE = "dispute", "超过次日未终结", "It has not ended by the day after"


@dataclass(frozen=True)
class Finding:
    """One difference: which serial, what, and both values where there are two."""

    serial: str
    difference: Difference
    here: str = ""
    there: str = ""


def line_of(business: Business) -> BookLine:
    """A serial as the other city is shown it."""
    position = 0
    if business.booked:
        position = rules.position_fen(
            business.role, business.kind, business.amount_fen, business.fee_fen
        )
    return BookLine(
        serial=business.serial,
        role=business.role,
        bank=business.bank,
        peer_bank=business.peer_bank,
        kind=business.kind,
        state=business.state,
        amount_fen=business.amount_fen,
        fee_fen=business.fee_fen,
        position_fen=position,
    )


def compare(here: Iterable[BookLine], there: Iterable[BookLine], today: date) -> list[Finding]:
    """Every difference between two cities' books about each other, in order of the serials."""
    mine = {(line.serial.text, line.role): line for line in here}
    theirs = {(line.serial.text, _opposite(line.role)): line for line in there}
    found: list[Finding] = []
    for key in sorted(mine.keys() | theirs.keys()):
        one, other = mine.get(key), theirs.get(key)
        if one is None:
            found += _alone(other, Difference.MISSING_HERE, today)
        elif other is None:
            found += _alone(one, Difference.MISSING_THERE, today)
        else:
            found += _pair(one, other, today)
    return found


def _alone(line: BookLine | None, difference: Difference, today: date) -> Sequence[Finding]:
    assert line is not None  # noqa: S101 - a key of either book has a line in one of them
    if line.role is Role.ACQUIRER and line.state not in FINAL:
        return [Finding(line.serial.text, _age(line, today), str(line.state))]
    return [Finding(line.serial.text, difference, str(line.state))]


def _pair(one: BookLine, other: BookLine, today: date) -> Iterable[Finding]:
    serial = one.serial.text
    for difference, a, b in (
        (Difference.BANK, f"{one.bank} {one.peer_bank}", f"{other.peer_bank} {other.bank}"),
        (Difference.KIND, one.kind, other.kind),
        (Difference.AMOUNT, one.amount_fen, other.amount_fen),
        (Difference.FEE, one.fee_fen, other.fee_fen),
    ):
        if a != b:
            yield Finding(serial, difference, str(a), str(b))
    if one.state not in FINAL or other.state not in FINAL:
        yield Finding(serial, _age(one, today), str(one.state), str(other.state))
        return
    if _ended(one.state) != _ended(other.state):
        yield Finding(serial, Difference.STATE, str(one.state), str(other.state))
    if one.position_fen + other.position_fen:
        yield Finding(serial, Difference.POSITION, str(one.position_fen), str(other.position_fen))


def _ended(state: State) -> bool:
    """Whether money moved. A refusal that crossed a reversal failed here and was reversed there."""
    return state is State.SUCCESS


def _age(line: BookLine, today: date) -> Difference:
    late = today > line.serial.business_date + timedelta(days=DISPUTE_AFTER_DAYS)
    return Difference.DISPUTE if late else Difference.OPEN


def _opposite(role: Role) -> Role:
    return Role.ACCOUNT if role is Role.ACQUIRER else Role.ACQUIRER
