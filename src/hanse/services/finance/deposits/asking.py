"""How the acquirer reaches the account bank: over the exchange, or in its own city's book."""

from dataclasses import replace
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.message import Party
from hanse.mechanisms.exchange.operations import Purpose
from hanse.services.finance.deposits import account_side, recall_side
from hanse.services.finance.deposits.account_side import Caller
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import Kind, ReverseReason
from hanse.services.finance.deposits.contracts import (
    AdjustRequest,
    AuthoriseRequest,
    Confirm,
    Decision,
    DepositRequest,
    Reverse,
    Serial,
    TransferRequest,
)
from hanse.services.finance.deposits.problems import NOT_A_BANK
from hanse.services.finance.deposits.recall_contracts import RecallRequest

UNIVERSAL_DEPOSIT: Final = Purpose(
    "universal-deposit", Text("通存通兑", "Universal deposit and withdrawal")
)

Asked = Decision | str
"""The decision where the account bank is of this city; else the id of the message that asks it."""


def payment(transaction: Transaction, business: Business, context: Context) -> Asked:
    """Ask the account bank to approve and hold a serial."""
    request, operation = _request_of(business)
    if business.peer_city != context.city:
        return _send(transaction, business, operation, request, context)
    caller, here = _caller(business), replace(context, operation=operation)
    if isinstance(request, RecallRequest):
        return recall_side.receive(transaction, request, caller, here)
    if isinstance(request, AdjustRequest):
        return account_side.adjust(transaction, request, caller, here)
    return account_side.approve(transaction, business.kind, request, caller, here)


def confirm(transaction: Transaction, business: Business, context: Context) -> Asked:
    """Tell the account bank that the serial is paid."""
    request = Confirm(serial=business.serial)
    if business.peer_city != context.city:
        return _send(transaction, business, "deposits.confirm", request, context)
    here = replace(context, operation="deposits.confirm")
    return account_side.confirm(transaction, request, _caller(business), here)


def reverse(transaction: Transaction, business: Business, context: Context) -> Asked:
    """Ask the account bank to undo the serial."""
    request = Reverse(
        serial=business.serial,
        account_bank=business.peer_bank,
        kind=business.kind,
        amount_fen=business.amount_fen,
        fee_fen=business.fee_fen,
        reason=business.reason or ReverseReason.TELLER,
    )
    if business.peer_city != context.city:
        return _send(transaction, business, "deposits.reverse", request, context)
    here = replace(context, operation="deposits.reverse")
    return account_side.reverse(transaction, request, _caller(business), here)


def require_bank(context: Context) -> str:
    """The calling organisation, where an agreement lets it ask another city's bank: a bank."""
    bank = context.caller.organisation
    for city in context.league.cities:
        if city != context.city and context.league.find(
            provider=city,
            caller=context.city,
            organisation=bank,
            operation="deposits.authorise",
            purpose=UNIVERSAL_DEPOSIT.code,
            at=context.now,
        ):
            return bank
    raise NOT_A_BANK()


def from_own_city(context: Context) -> Context:
    """The context of a decision that a bank of this city has taken."""
    return replace(context, caller=Party(context.city, context.caller.organisation))


def _request_of(business: Business) -> tuple[Any, str]:
    asked = business.request or {}
    if business.kind is Kind.RETURN:
        original, reason = Serial.model_validate(asked["original"]), asked["reason"]
        recall = RecallRequest(serial=business.serial, original=original, reason=reason)
        return recall, "deposits.recall"
    if business.kind in (Kind.ADJUST_CREDIT, Kind.ADJUST_DEBIT):
        original = Serial.model_validate(asked["original"])
        return AdjustRequest(serial=business.serial, original=original), "deposits.adjust"
    common = {
        "serial": business.serial,
        "account_bank": business.peer_bank,
        "account": asked["account"],
        "holder_name": asked["holder_name"],
        "amount_fen": business.amount_fen,
        "fee_fen": business.fee_fen,
    }
    if business.kind is Kind.WITHDRAW:
        request = AuthoriseRequest(
            **common, holder_id=asked["holder_id"], agent_id=asked["agent_id"]
        )
        return request, "deposits.authorise"
    if business.kind is Kind.DEPOSIT:
        return DepositRequest(**common), "deposits.deposit"
    return TransferRequest(**common), "deposits.transfer"


def _send(
    transaction: Transaction, business: Business, operation: str, request: Any, context: Context
) -> str:
    """The bank asks in its own name, also where the node acts on its time-outs."""
    return context.outlet.ask(
        transaction,
        business.peer_city,
        operation,
        request,
        context=context,
        purpose=UNIVERSAL_DEPOSIT.code,
        organisation=business.bank,
    )


def _caller(business: Business) -> Caller:
    return Caller(business.serial.acquirer_city, business.serial.acquirer_bank)
