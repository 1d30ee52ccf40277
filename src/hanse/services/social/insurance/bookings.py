"""What a settlement does to the two cities' ledgers. The only file that moves money.

At the insuring city the funds' expense is owed to the treating city; at the treating city what the
insuring city owes is owed to the hospital. The ids follow from the claim, so nothing is ever booked
twice, and both cities' accounts between them mirror each other to the fen.
"""

from datetime import date
from typing import Any

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.ledger import Account, Transfer, derived_id
from hanse.services.social.insurance import chart
from hanse.services.social.insurance.contracts import Settlement


def book_at_insurer(
    transaction: Transaction, context: Context, treated_city: str, settlement: Settlement
) -> None:
    """The funds owe the treating city, or at home the hospitals of this one."""
    owed = _owed_to(treated_city, context)
    _book(transaction, context, settlement, owed, chart.SETTLED)


def unbook_at_insurer(
    transaction: Transaction, context: Context, treated_city: str, settlement: Settlement
) -> None:
    """The same the other way round, as transfers that name what they correct."""
    owed = _owed_to(treated_city, context)
    _book(transaction, context, settlement, owed, chart.TAKEN_BACK)


def book_paid_back(transaction: Transaction, context: Context, settlement: Settlement) -> None:
    """The funds owe the person who paid in cash."""
    _book(transaction, context, settlement, chart.patients(), chart.PAID_BACK)


def _owed_to(treated_city: str, context: Context) -> Account:
    if treated_city == context.city:
        return chart.hospital(context.caller.organisation)
    return chart.intercity(treated_city)


def _book(
    transaction: Transaction,
    context: Context,
    settlement: Settlement,
    owed: Account,
    code: int,
) -> None:
    scheme = settlement.scheme.value
    parts = [
        (name, account, amount)
        for name, account, amount in (
            ("fund", chart.fund(scheme), settlement.fund_fen),
            ("serious", chart.layer(scheme), settlement.serious_fen),
            ("personal", chart.personal(scheme), settlement.account_fen),
        )
        if amount > 0
    ]
    _transfer(
        transaction,
        context,
        [(f"insurer/{name}", account, owed, amount) for name, account, amount in parts],
        settlement,
        code,
    )


def book_at_treater(
    transaction: Transaction, context: Context, claim: Any, settlement: Settlement
) -> None:
    """What the insuring city owes is owed to the hospital; the claim names both."""
    peer, hospital = chart.intercity(claim.insured_city), chart.hospital(claim.organisation)
    parts = [("treater", peer, hospital, settlement.owed_fen)] if settlement.owed_fen else []
    _transfer(transaction, context, parts, settlement, chart.SETTLED)


def unbook_at_treater(
    transaction: Transaction, context: Context, claim: Any, settlement: Settlement
) -> None:
    """The same the other way round."""
    peer, hospital = chart.intercity(claim.insured_city), chart.hospital(claim.organisation)
    parts = [("treater", peer, hospital, settlement.owed_fen)] if settlement.owed_fen else []
    _transfer(transaction, context, parts, settlement, chart.TAKEN_BACK)


def _transfer(
    transaction: Transaction,
    context: Context,
    parts: list[tuple[str, Account, Account, int]],
    settlement: Settlement,
    code: int,
) -> None:
    """Book parts (name, debit, credit, fen) of a settlement; taken back, the sides change."""
    if not parts:
        return
    accounts = {account.id: account for _, debit, credit, _ in parts for account in (debit, credit)}
    ledger.open_accounts(transaction, list(accounts.values()), context.now)
    back = code == chart.TAKEN_BACK
    batch = []
    for name, debit, credit, amount in parts:
        booked = derived_id("insurance", settlement.claim, name)
        first, second = (credit, debit) if back else (debit, credit)
        batch.append(
            Transfer(
                derived_id("insurance", settlement.claim, name, "back") if back else booked,
                first.id,
                second.id,
                amount,
                code,
                reference=settlement.claim,
                corrects=booked if back else None,
            )
        )
    ledger.require(ledger.transfer(transaction, batch, context.now))


def book_prepayment(
    transaction: Transaction, context: Context, role: str, peer: str, number: str, amount_fen: int
) -> None:
    """Money in advance: out of the insuring city's finance account, into the treating one's."""
    held, cash = chart.prepaid(role, peer), chart.treasury()
    ledger.open_accounts(transaction, [held, cash], context.now)
    debit, credit = (held, cash) if role == "insurer" else (cash, held)
    booked = Transfer(
        derived_id("insurance", "prepayment", role, number),
        debit.id,
        credit.id,
        amount_fen,
        chart.PREPAYMENT,
        effective=_day(context),
        reference=number[:64],
    )
    if amount_fen:
        ledger.require(ledger.transfer(transaction, [booked], context.now))


def _day(context: Context) -> date:
    return context.now.date()
