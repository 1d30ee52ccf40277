"""Planted bugs: each changes the code under test in one place, and some random day must find it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hanse.mechanisms import ledger
from hanse.mechanisms.ledger import Flags
from hanse.services.finance.deposits import (
    asking,
    book,
    counter,
    postings,
    rules,
)
from hanse.services.finance.deposits.codes import Kind, Role, State

Patch = pytest.MonkeyPatch


def forgotten_reversal(patch: Patch) -> None:
    """A reversal that comes before its request is not remembered."""
    real = book.add

    def add(transaction: Any, business: Any, now: Any) -> Any:
        if business.role is Role.ACCOUNT and business.state is State.REVERSED:
            return business
        return real(transaction, business, now)

    patch.setattr(book, "add", add)


def late_approval(patch: Patch) -> None:
    """An approval that comes after the time-out is taken all the same."""
    real = book.locked

    def locked(transaction: Any, role: Any, serial: Any) -> Any:
        found = real(transaction, role, serial)
        if found is not None and role is Role.ACQUIRER and found.state is State.REVERSING:
            return replace(found, state=State.ASKED)
        return found

    patch.setattr(book, "locked", locked)


def hold_that_ends_by_itself(patch: Patch) -> None:
    """The account bank lets a hold go after a while, though the acquirer may have paid."""
    real = ledger.Transfer

    def transfer(*parts: Any, **named: Any) -> Any:
        if named.get("flags", 0) & Flags.PENDING:
            named["timeout_seconds"] = 30
        return real(*parts, **named)

    patch.setattr(postings, "Transfer", transfer)


def fee_that_one_book_forgets(patch: Patch) -> None:
    """The account bank does not owe the acquirer's fee."""
    real = rules.legs

    def legs(role: Any, kind: Any, fen: int, fee_fen: int, at: Any) -> Any:
        return real(role, kind, fen, 0 if role is Role.ACCOUNT else fee_fen, at)

    patch.setattr(postings, "legs", legs)


def undone_on_paper_only(patch: Patch) -> None:
    """A reversal of what was booked changes the state and moves nothing."""
    patch.setattr(postings, "undo", lambda *parts: None)


def hold_that_is_never_released(patch: Patch) -> None:
    """What the account bank held stays held after a reversal."""
    real = postings.release

    def release(transaction: Any, business: Any, count: int, now: Any) -> None:
        if business.role is Role.ACQUIRER:
            real(transaction, business, count, now)

    patch.setattr(postings, "release", release)


def overdraft(patch: Patch) -> None:
    """Customers' accounts have no limit."""
    real = ledger.Account

    def account(*parts: Any, **named: Any) -> Any:
        named.pop("net_debit_cap", None)
        return real(*parts, **named)

    patch.setattr(ledger, "Account", account)


def paid_before_it_is_held(patch: Patch) -> None:
    """The counter pays although the account bank has not answered."""
    real = counter.pay

    def pay(transaction: Any, serial: Any, context: Any) -> Any:
        found = book.need_locked(transaction, Role.ACQUIRER, serial)
        if found.state is State.ASKED and found.kind is Kind.WITHDRAW:
            moved = postings.legs_of(transaction, found)
            postings.hold(transaction, found, moved, context.now)
            book.change(transaction, found, context.now, state=State.HELD)
        return real(transaction, serial, context)

    patch.setattr(counter, "pay", pay)


def confirmation_forgotten(patch: Patch) -> None:
    """The acquirer pays and never tells the account bank."""
    patch.setattr(asking, "confirm", lambda transaction, business, context: "nothing")


def time_outs_forgotten(patch: Patch) -> None:
    """Nothing happens when a time has come."""
    patch.setattr(book, "due", lambda transaction, now, count_max: [])


def refusal_forgotten(patch: Patch) -> None:
    """The account bank does not remember what it refused."""
    real = book.add

    def add(transaction: Any, business: Any, now: Any) -> Any:
        return business if business.state is State.FAILED else real(transaction, business, now)

    patch.setattr(book, "add", add)


MUTATIONS: list[Callable[[Patch], None]] = [
    forgotten_reversal,
    late_approval,
    hold_that_ends_by_itself,
    fee_that_one_book_forgets,
    undone_on_paper_only,
    hold_that_is_never_released,
    overdraft,
    paid_before_it_is_held,
    confirmation_forgotten,
    time_outs_forgotten,
    refusal_forgotten,
]
