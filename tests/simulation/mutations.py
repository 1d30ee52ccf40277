"""Planted bugs: each changes the code under test in one place, and some seed must find it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange import (
    delivery,
    desk,
    dispatch,
    handover,
    inbox,
    outbox,
    settle,
    streams,
)
from hanse.mechanisms.exchange.message import commitment
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.journal import log
from hanse.mechanisms.league import allowances, rate_windows
from hanse.mechanisms.league.view import LeagueView
from hanse.mechanisms.ledger.deciding import Decision
from hanse.mechanisms.ledger.working_set import CREDITS_POSTED, DEBITS_POSTED
from hanse.simulation import town

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch], None]


def lost_outbox_row(patch: Patch) -> None:
    """A message is handed to the sender and never written."""

    def put(exchange: Any, transaction: Any, message: Any, now: Any) -> None:
        exchange.pending[message.recipient] += 0

    patch.setattr(outbox, "put", put)


def answer_before_commit(patch: Patch) -> None:
    """The answer leaves although the commit was lost."""
    real = town.Town.commit

    def commit(self: Any, work: Any) -> Any:
        self.crash, planned = None, self.crash
        if planned != "before":
            return real(self, work)
        kept = []

        def lost(transaction: Transaction) -> Any:
            kept.append(work(transaction))
            raise KeyError

        try:
            real(self, lost)
        except KeyError:
            return kept[0]

    patch.setattr(town.Town, "commit", commit)


def record_forgotten(patch: Patch) -> None:
    """What was taken is not looked up: all is done twice."""
    patch.setattr(inbox, "_known", lambda transaction, peer, received: {})


def doubled_answer(patch: Patch) -> None:
    """A repeated request gets a fresh answer instead of the recorded one."""

    def again(batch: Any, one: Any, earlier: Any) -> bytes:
        return inbox._take(batch, one.message).message.to_line()

    patch.setattr(inbox, "_again", again)


def missed_order(patch: Patch) -> None:
    """An event is taken whatever its place in the stream."""
    patch.setattr(streams.StreamPositions, "expect", lambda self, transaction, message: None)


def position_not_saved(patch: Patch) -> None:
    """The place of a stream is forgotten after the delivery."""
    patch.setattr(streams.StreamPositions, "save", lambda self, transaction: None)


def old_key_accepted(patch: Patch) -> None:
    """A key signs after its rotation."""

    def key(self: Any, city: str, key_id: str, at: Any) -> Any:
        found = [one for one in self.charter.member(city).keys if one.id == key_id]
        return found[0].public_key if found else None

    patch.setattr(LeagueView, "exchange_key", key)


def grant_not_checked_on_retry(patch: Patch) -> None:
    """What waits is sent although its agreement ended meanwhile."""
    patch.setattr(desk.Desk, "uncovered", lambda self, league, outgoing, now: None)


def grant_not_checked(patch: Patch) -> None:
    """Every request of a member is handled."""
    patch.setattr(dispatch, "authorise", lambda *given: None)


def filter_skipped(patch: Patch) -> None:
    """All fields leave the city."""
    patch.setattr(allowances.Authorisation, "visible", lambda self, data: data)


def replay_accepted(patch: Patch) -> None:
    """A nonce may come twice: it is stored under another name."""
    patch.setattr(handover, "_refuse_replay", lambda transaction, opened: None)


def clock_window_ignored(patch: Patch) -> None:
    """A signature of any time is good."""
    patch.setattr(delivery, "CLOCK_SKEW_SECONDS_MAX", 10**9)


def clock_window_too_wide(patch: Patch) -> None:
    """The window is twice what the protocol says."""
    patch.setattr(delivery, "CLOCK_SKEW_SECONDS_MAX", 600)


def rate_not_counted(patch: Patch) -> None:
    """The uses of a grant are not counted."""
    patch.setattr(rate_windows.RateWindow, "used", lambda self, limit, at: self)


def rate_not_saved(patch: Patch) -> None:
    """Uses are counted within one delivery only."""
    from hanse.mechanisms.exchange import rates

    patch.setattr(rates.GrantUse, "save", lambda self, transaction: None)


def rate_one_too_many(patch: Patch) -> None:
    """One use more than is granted."""
    real = rate_windows.RateWindow.used
    patch.setattr(
        rate_windows.RateWindow, "used", lambda self, limit, at: real(self, limit + 1, at)
    )


def owed_answer_lost(patch: Patch) -> None:
    """The record says answered, and nothing is sent."""
    real = outbox.put

    def put(exchange: Any, transaction: Any, message: Any, now: Any) -> Any:
        if message.kind.value != "answer":
            return real(exchange, transaction, message, now)
        return None

    patch.setattr(outbox, "put", put)


def owed_answer_unrecorded(patch: Patch) -> None:
    """An owed answer is sent and stays owed."""
    patch.setattr(desk, "note_answered", lambda *given: None)


def owed_effects_undone(patch: Patch) -> None:
    """A handler that owes its answer loses what it wrote: the bug that seed 0 found here."""

    def lost(operation: Any, transaction: Any, request: Any, context: Any) -> Any:
        try:
            with transaction.savepoint():
                return operation.handler(transaction, request, context)
        except dispatch.Owed:
            return None

    patch.setattr(dispatch, "_answer_or_owed", lost)


def settled_twice(patch: Patch) -> None:
    """The asker is told again by every answer."""
    real = settle._tell_asker

    def twice(*given: Any) -> None:
        real(*given)
        real(*given)

    patch.setattr(settle, "_tell_asker", twice)


def asker_not_told(patch: Patch) -> None:
    """An answer is settled and its asker never hears of it."""
    patch.setattr(settle, "_tell_asker", lambda *given: None)


def dead_letter_lost(patch: Patch) -> None:
    """A dead letter is deleted."""

    def bury(exchange: Any, transaction: Any, outgoing: Any, problem: Any, now: Any) -> None:
        table = messages_out
        transaction.execute(table.delete().where(table.c.message_id == outgoing.message_id))
        transaction.after_commit.append(lambda: outbox._buried(exchange, outgoing))

    patch.setattr(outbox, "bury", bury)


def content_ignored(patch: Patch) -> None:
    """The same id is the same message, whatever it says."""
    patch.setattr(inbox, "_again", lambda batch, one, earlier: earlier[1])


def wrong_recipient_accepted(patch: Patch) -> None:
    """A message for another city is handled."""
    real = inbox._take
    patch.setattr(
        inbox,
        "_take",
        lambda batch, message: real(batch, replace(message, recipient=batch.exchange.city)),
    )


def sender_mismatch_accepted(patch: Patch) -> None:
    """A city speaks for another one."""
    real = inbox._take
    patch.setattr(
        inbox,
        "_take",
        lambda batch, message: real(
            batch, replace(message, sender=replace(message.sender, city=batch.peer))
        ),
    )


def suspension_ignored(patch: Patch) -> None:
    """A suspended agreement is honoured; what ends is not."""
    patch.setattr(allowances.Allowance, "holds", lambda self, at: at < self.agreement.valid_until)


def expiry_ignored(patch: Patch) -> None:
    """An expired agreement is honoured."""
    real = allowances.Allowance.holds

    def holds(self: Any, at: datetime) -> bool:
        early = datetime(2026, 11, 25, 1, 0, 1, tzinfo=UTC)
        return real(self, early if at >= self.agreement.valid_until else at)

    patch.setattr(allowances.Allowance, "holds", holds)


def organisation_ignored(patch: Patch) -> None:
    """Whoever asks in a city may ask."""
    patch.setattr(allowances.Allowance, "lists", lambda self, caller, organisation: True)


def subscription_ignored(patch: Patch) -> None:
    """Only the first subscriber is told."""
    real = streams.subscribers
    patch.setattr(streams, "subscribers", lambda transaction, topic: real(transaction, topic)[:1])


def signature_not_verified(patch: Patch) -> None:
    """A tampered delivery is taken where only its digest was looked at."""
    patch.setattr(
        delivery,
        "_check_content",
        lambda headers, body, lines: [commitment(one) for one in lines],
    )


def refusal_keeps_effects(patch: Patch) -> None:
    """What a refused request changed stays."""
    from contextlib import nullcontext

    patch.setattr(Transaction, "savepoint", lambda self: nullcontext())


def retry_recorded(patch: Patch) -> None:
    """A refusal that may be retried is recorded for ever."""
    real = dispatch.refusal
    patch.setattr(dispatch, "refusal", lambda *given: replace(real(*given), recorded=True))


def pending_not_reloaded(patch: Patch) -> None:
    """After a restart the queue is believed to be empty."""
    patch.setattr(outbox, "load_pending_counts", lambda exchange, transaction: None)


def journal_forgets(patch: Patch) -> None:
    """The journal's head is not stored."""
    patch.setattr(log, "_store_head", lambda transaction, frontier: None)


def ledger_keeps_what_was_reserved(patch: Patch) -> None:
    """A pending transfer that ends gives nothing back."""

    def release(self: Any, pending: Any, debit: Any, credit: Any, posted: int) -> None:
        self._remember(debit, credit)
        debit[DEBITS_POSTED] += posted
        credit[CREDITS_POSTED] += posted

    patch.setattr(Decision, "release", release)


def ledger_forgets_refusals(patch: Patch) -> None:
    """A transfer that was refused may come again with the same id."""
    patch.setattr(Decision, "_note_refused", lambda self, transfer_id, code: None)


MUTATIONS: tuple[Mutation, ...] = tuple(
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and not name.startswith("_")
)
