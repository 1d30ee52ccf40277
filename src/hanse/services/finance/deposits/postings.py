"""A serial's money in the ledger: held, posted, released, undone. The only file that moves any.

Every transfer's id follows from the serial, the role and the step, so a step that is repeated
moves nothing again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Flags, Transfer, derived_id
from hanse.services.finance.deposits import book, chart
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Kind
from hanse.services.finance.deposits.contracts import Serial
from hanse.services.finance.deposits.parameters import DepositsParameters
from hanse.services.finance.deposits.problems import CASH_SHORT, FUNDS_SHORT, POSITION_LIMIT
from hanse.services.finance.deposits.rules import Leg, Parties, legs, opposite

_SHORT: Final = {
    "exceeds_credits": FUNDS_SHORT,
    "exceeds_net_debit_cap": FUNDS_SHORT,
    "exceeds_debits": CASH_SHORT,
    "exceeds_net_credit_cap": POSITION_LIMIT,
}
"""A customer's account may not be overdrawn, a counter can't pay more cash than it has, and a bank
may not owe another more than it guarantees: the ledger's own limits, in the words of the field."""
_LINKED: Final = "linked_refused"
_DERIVED_FROM: Final = "deposits"


def parties(transaction: Transaction, business: Business) -> Parties:
    """The ledger accounts of a serial in its bank's book."""
    customer = ""
    if business.card is not None:
        customer = book.account(transaction, business.card).ledger_account
    return Parties(business.bank, business.peer_city, business.peer_bank, customer)


def legs_of(transaction: Transaction, business: Business) -> tuple[Leg, ...]:
    """What a serial moves in its bank's book."""
    at = parties(transaction, business)
    kind = business.kind
    if kind is Kind.RETURN:  # the fee was earned, and stays
        return opposite(
            legs(business.role, Kind.TRANSFER, business.amount_fen, 0, at), chart.RETURN
        )
    if kind not in (Kind.ADJUST_CREDIT, Kind.ADJUST_DEBIT):
        return legs(business.role, kind, business.amount_fen, business.fee_fen, at)
    original = _original(transaction, business)
    moved = legs(business.role, original.kind, business.amount_fen, business.fee_fen, at)
    if original.interest_fen:
        moved += (interest_leg(original, at.customer),)
    return opposite(moved, chart.ADJUSTMENT)


def _original(transaction: Transaction, business: Business) -> Business:
    """The serial that an adjustment undoes, which is in the same book."""
    assert business.request is not None  # noqa: S101 - an adjustment is never without its request
    serial = Serial.model_validate(business.request["original"])
    return book.need(transaction, business.role, serial)


def open_positions(
    transaction: Transaction, business: Business, parameters: DepositsParameters, now: datetime
) -> None:
    """See that the bank has its accounts with the other bank, for cash and for fees."""
    at = Parties(business.bank, business.peer_city, business.peer_bank)
    position = ledger.Account(
        id=at.position,
        book=chart.BOOK,
        code=chart.INTERCITY,
        net_credit_cap=parameters.guarantee_fen,
    )
    ledger.open_accounts(transaction, [*_of_bank(business.bank), position], now)


def bank_accounts(transaction: Transaction, bank: str, now: datetime) -> None:
    """See that the bank has its own accounts: cash that can't go below nothing, fees, interest."""
    ledger.open_accounts(transaction, _of_bank(bank), now)


def _of_bank(bank: str) -> list[ledger.Account]:
    return [
        ledger.Account(chart.cash(bank), chart.BOOK, chart.CASH, net_credit_cap=0),
        ledger.Account(chart.vault(bank), chart.BOOK, chart.VAULT),
        ledger.Account(chart.fees(bank), chart.BOOK, chart.FEES),
        ledger.Account(chart.interest(bank), chart.BOOK, chart.INTEREST),
    ]


def hold(
    transaction: Transaction, business: Business, moved: Sequence[Leg], now: datetime
) -> Problem | None:
    """Reserve what a serial moves, all of it or nothing; gives the refusal, if any.

    A hold has no time-out of the ledger's: whoever holds can't know whether the other has paid.
    """
    return _run(
        transaction,
        [
            Transfer(
                id=_id(business, "hold", number),
                debit=leg.debit,
                credit=leg.credit,
                amount=leg.fen,
                code=leg.code,
                flags=Flags.PENDING,
                effective=business.booked_on,
                reference=business.serial.text,
            )
            for number, leg in enumerate(moved)
        ],
        now,
    )


def post(transaction: Transaction, business: Business, count: int, now: datetime) -> None:
    """Book what was held."""
    _resolve(transaction, business, count, "post", Flags.POST, now)


def release(transaction: Transaction, business: Business, count: int, now: datetime) -> None:
    """Let go what was held."""
    _resolve(transaction, business, count, "void", Flags.VOID, now)


def pay_interest(
    transaction: Transaction, business: Business, customer: str, now: datetime
) -> None:
    """Credit the interest of what was withdrawn early from a time deposit."""
    leg = interest_leg(business, customer)
    paid = Transfer(
        id=_id(business, "interest", 0),
        debit=leg.debit,
        credit=leg.credit,
        amount=leg.fen,
        code=leg.code,
        effective=business.booked_on,
        reference=business.serial.text,
    )
    _must(_run(transaction, [paid], now))


def interest_leg(business: Business, customer: str) -> Leg:
    """The interest of a time deposit that the account bank pays with the confirmation."""
    bank = chart.interest(business.bank)
    return Leg(bank, customer, business.interest_fen, chart.INTEREST_PAID)


def undo(
    transaction: Transaction, business: Business, effective: date, now: datetime
) -> Problem | None:
    """Book the opposite of what was posted, which stays as it is; gives the refusal, if any."""
    moved = [
        (leg, _id(business, "post", number))
        for number, leg in enumerate(legs_of(transaction, business))
    ]
    if business.interest_fen:
        customer = parties(transaction, business).customer
        moved.append((interest_leg(business, customer), _id(business, "interest", 0)))
    # The time is part of the id: a reversal that was refused may be asked for again.
    attempt = f"undo {now.isoformat()}"
    return _run(
        transaction,
        [
            Transfer(
                id=_id(business, attempt, number),
                debit=leg.credit,
                credit=leg.debit,
                amount=leg.fen,
                code=chart.REVERSAL,
                effective=effective,
                reference=business.serial.text,
                corrects=corrected,
            )
            for number, (leg, corrected) in enumerate(moved)
        ],
        now,
    )


def move_cash(
    transaction: Transaction, bank: str, fen: int, reference: str, effective: date, now: datetime
) -> None:
    """Bring cash from the vault to the counter; below zero, back."""
    debit, credit = chart.cash(bank), chart.vault(bank)
    if fen < 0:
        debit, credit = credit, debit
    moved = Transfer(
        id=derived_id(_DERIVED_FROM, "cash", bank, reference),
        debit=debit,
        credit=credit,
        amount=abs(fen),
        code=chart.CASH_MOVED,
        effective=effective,
        reference=f"{bank}/{reference}",
    )
    _must(_run(transaction, [moved], now))


def pay_in_at_opening(
    transaction: Transaction, bank: str, customer: str, fen: int, effective: date, now: datetime
) -> None:
    """Credit the cash with which an account is opened."""
    paid = Transfer(
        id=derived_id(_DERIVED_FROM, "opening", customer),
        debit=chart.cash(bank),
        credit=customer,
        amount=fen,
        code=chart.PAYMENT,
        effective=effective,
        reference="opening",
    )
    _must(_run(transaction, [paid], now))


def _resolve(
    transaction: Transaction,
    business: Business,
    count: int,
    step: str,
    flag: Flags,
    now: datetime,
) -> None:
    problem = _run(
        transaction,
        [
            Transfer(
                id=_id(business, step, number),
                flags=flag,
                pending=_id(business, "hold", number),
                effective=business.booked_on,
                reference=business.serial.text,
            )
            for number in range(count)
        ],
        now,
    )
    _must(problem)


def _run(transaction: Transaction, transfers: list[Transfer], now: datetime) -> Problem | None:
    """All of the transfers or none; gives the first one's refusal in the words of the field."""
    linked = [one._replace(flags=one.flags | Flags.LINKED) for one in transfers[:-1]]
    outcomes = ledger.transfer(transaction, [*linked, *transfers[-1:]], now)
    for outcome in outcomes:
        if not outcome.ok and outcome.code != _LINKED:
            kind = _SHORT.get(outcome.code)
            if kind is None:
                raise outcome.problem()
            return kind()
    return None


def _must(problem: Problem | None) -> None:
    if problem is not None:
        raise problem


def _id(business: Business, step: str, number: int) -> bytes:
    return derived_id(_DERIVED_FROM, str(business.role), business.serial.text, step, str(number))
