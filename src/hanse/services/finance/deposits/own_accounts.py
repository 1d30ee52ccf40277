"""What a bank does with its own accounts and cash: open, look, report lost, bring cash."""

from dataclasses import replace

from hanse.foundation.clock import from_ms, iso, to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.deposits import account_side, asking, book, chart, postings
from hanse.services.finance.deposits.book import DepositAccount
from hanse.services.finance.deposits.codes import AccountStatus, Product
from hanse.services.finance.deposits.contracts import (
    AccountState,
    CashState,
    CounterCash,
    LossNoted,
    LossReport,
    OpenAccount,
    Position,
    PositionQuery,
    StatusChange,
)
from hanse.services.finance.deposits.problems import ACCOUNT_CLOSED, ACCOUNT_EXISTS, PRODUCT_WRONG


def open_account(transaction: Transaction, request: OpenAccount, context: Context) -> AccountState:
    """Open an account of the calling bank, with cash if any is paid in."""
    bank, parameters = asking.require_bank(context), context.parameters
    if (request.product is Product.TIME) is (request.matures_on is None):
        raise PRODUCT_WRONG()
    if book.is_open(transaction, request.account):
        raise ACCOUNT_EXISTS()
    today = book.business_date(transaction, context.now)
    new = DepositAccount(
        card=request.account,
        bank=bank,
        ledger_account=f"deposits/customer/{context.new_id()}",
        holder_name=request.holder_name,
        holder_id=request.holder_id,
        product=request.product,
        status=AccountStatus.OPEN,
        agreement_signed=request.agreement_signed,
        item_limit_fen=_or_default(request.item_limit_fen, parameters.account_item_limit_fen),
        day_limit_fen=_or_default(request.day_limit_fen, parameters.account_day_limit_fen),
        opened_on=today,
        matures_on=request.matures_on,
    )
    postings.bank_accounts(transaction, bank, context.now)
    opened = ledger.Account(new.ledger_account, chart.BOOK, chart.CUSTOMER, net_debit_cap=0)
    ledger.open_accounts(transaction, [opened], context.now)
    book.add_account(transaction, new)
    if request.cash_fen:
        postings.pay_in_at_opening(
            transaction, bank, new.ledger_account, request.cash_fen, today, context.now
        )
    return state_of(transaction, new)


def state_of(transaction: Transaction, account: DepositAccount) -> AccountState:
    """An account with its balance: what is held to go out is no more available."""
    held = ledger.state(transaction, account.ledger_account)
    return AccountState(
        account=account.card,
        status=account.status,
        balance_fen=held.on_its_side,
        available_fen=held.debit_available or 0,
    )


def report_loss(transaction: Transaction, request: LossReport, context: Context) -> LossNoted:
    """Stop payments at once. What was paid or approved before stands (储蓄管理条例 article 31)."""
    account = book.account(transaction, request.account, request.account_bank)
    account_side.check_customer(account, account.holder_name, request.holder_id)
    if account.status is AccountStatus.CLOSED:
        raise ACCOUNT_CLOSED()
    at_ms = account.lost_at_ms or to_ms(context.now)
    frozen = account.status is AccountStatus.FROZEN
    status = AccountStatus.FROZEN if frozen else AccountStatus.LOST
    book.set_status(transaction, account.card, status, at_ms)
    return LossNoted(reported_at=iso(from_ms(at_ms)))


def set_status(transaction: Transaction, request: StatusChange, context: Context) -> AccountState:
    """Freeze, close or open an account of the calling bank; one with money is not closed."""
    account = book.account(transaction, request.account, context.caller.organisation)
    if account.status is AccountStatus.CLOSED:
        raise ACCOUNT_CLOSED()
    lost_at_ms = account.lost_at_ms
    if request.status is AccountStatus.LOST:
        lost_at_ms = lost_at_ms or to_ms(context.now)
    elif request.status is AccountStatus.OPEN:
        lost_at_ms = None
    if request.status is AccountStatus.CLOSED:
        ledger.close_account(transaction, account.ledger_account, context.now)
    book.set_status(transaction, account.card, request.status, lost_at_ms)
    return state_of(transaction, replace(account, status=request.status))


def bring_cash(transaction: Transaction, request: CounterCash, context: Context) -> CashState:
    """Bring cash from the vault to the calling bank's counter."""
    bank = asking.require_bank(context)
    postings.bank_accounts(transaction, bank, context.now)
    today = book.business_date(transaction, context.now)
    postings.move_cash(transaction, bank, request.amount_fen, request.reference, today, context.now)
    return CashState(cash_fen=ledger.state(transaction, chart.cash(bank)).on_its_side)


def position_of(transaction: Transaction, request: PositionQuery, context: Context) -> Position:
    """What another bank owes the calling one, as booked."""
    bank = context.caller.organisation
    name = chart.intercity(bank, request.peer_city, request.peer_bank)
    found = ledger.states(transaction, {name})
    return Position(account=name, position_fen=found[0].on_its_side if found else 0)


def _or_default(fen: int | None, default_fen: int) -> int:
    return default_fen if fen is None else fen
