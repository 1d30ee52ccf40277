"""Planted bugs in insurance, pensions, deposits and clearing."""

import itertools
from dataclasses import replace
from typing import Any

from hanse.mechanisms.ledger import derived_id
from hanse.services.finance.clearing import city as clearing_city
from hanse.services.finance.clearing import city_book as clearing_book
from hanse.services.finance.clearing import house_funds
from hanse.services.finance.clearing.tables import cuts
from hanse.services.finance.deposits import account_side as deposit_account_side
from hanse.services.finance.deposits import counter as deposit_counter
from hanse.services.finance.deposits import postings as deposit_postings
from hanse.services.social.insurance import insurer, insurer_book
from hanse.services.social.insurance import treater_book as insurance_book
from hanse.services.social.insurance.counters import Counters
from hanse.services.social.pensions import funds as pension_funds
from tests.simulation.planted import Patch, found_by


@found_by(2, 550, "insurance")
def a_bill_of_another_content_is_taken(patch: Patch) -> None:
    """The same visit and number with another content are answered as before."""
    patch.setattr(insurance_book, "digest", lambda bill: "")


@found_by(4, 50, "insurance")
def a_late_settlement_is_paid(patch: Patch) -> None:
    """A reversal that overtook its settlement bars nothing."""
    patch.setattr(insurer_book, "bar", lambda *given: None)


@found_by(3, 250, "insurance")
def a_reversal_moves_no_money(patch: Patch) -> None:
    """The insuring city takes a bill back and still owes it."""
    patch.setattr(insurer, "unbook_at_insurer", lambda *given: None)


@found_by(2, 600, "insurance")
def a_year_forgets_its_stays(patch: Patch) -> None:
    """Every stay has the deductible of the first."""
    patch.setattr(insurer_book, "year_of", lambda *given: Counters())


@found_by(2, 150, "pensions")
def pension_money_is_not_posted(patch: Patch) -> None:
    """The relation is merged, and the money stays reserved."""
    patch.setattr(pension_funds, "settle", lambda *given: None)


@found_by(2, 150, "pensions")
def one_fen_more_is_sent(patch: Patch) -> None:
    """The origin's book moves another sum than its sheet says."""
    dispatch = pension_funds.dispatch
    patch.setattr(
        pension_funds,
        "dispatch",
        lambda tx, one, now: dispatch(tx, replace(one, pool=one.pool + 1), now),
    )


@found_by(4, 300, "pensions")
def a_returned_sheet_keeps_its_money(patch: Patch) -> None:
    """What is returned is sent again, and the first money is never given back."""
    patch.setattr(pension_funds, "give_back", lambda *given: None)


@found_by(0, 210, "deposits")
def a_confirmation_is_booked_twice(patch: Patch) -> None:
    """What was held is let go, and the customer keeps the cash and the balance."""
    post = deposit_postings.post

    def released(transaction: Any, business: Any, count: int, now: Any) -> None:
        if business.role.value == "account":
            deposit_postings.release(transaction, business, count, now)
        else:
            post(transaction, business, count, now)

    patch.setattr(deposit_postings, "post", released)


@found_by(3, 480, "deposits")
def anybody_reverses(patch: Patch) -> None:
    """A city undoes another one's serial."""
    patch.setattr(deposit_account_side, "check_caller", lambda serial, caller: None)


@found_by(3, 150, "deposits")
def nobody_asks_again(patch: Patch) -> None:
    """What was not answered in time stays as it is."""
    patch.setattr(deposit_counter, "_act", lambda *given: None)


@found_by(0, 170, "deposits", "clearing")
def a_cut_begins_too_early(patch: Patch) -> None:
    """A cut takes the transfers of the one before again."""
    real = clearing_book.cut

    def cut(transaction: Any, *given: Any) -> Any:
        made = real(transaction, *given)
        table = cuts
        early = table.update().where(table.c.number == made.number).values(after_sequence=0)
        transaction.execute(early)
        return clearing_book.numbered(transaction, made.number)

    patch.setattr(clearing_book, "cut", cut)


@found_by(2, 300, "deposits", "clearing")
def what_is_left_out_is_lost(patch: Patch) -> None:
    """What a cycle leaves out is carried nowhere."""
    patch.setattr(clearing_book, "carry", lambda *given: None)


@found_by(3, 150, "deposits", "clearing")
def a_cycle_is_booked_on_one_side(patch: Patch) -> None:
    """A city keeps the result and books nothing."""
    patch.setattr(clearing_city, "_cleared", lambda *given: [])


@found_by(0, 230, "clearing")
def a_payment_in_is_booked_twice(patch: Patch) -> None:
    """The same order of funds, sent again, counts again."""
    numbers = itertools.count(1)
    real = derived_id
    patch.setattr(
        house_funds,
        "derived_id",
        lambda *parts: real(*parts, *([str(next(numbers))] if "fund" in parts else [])),
    )
