"""What was agreed about the counted operations, and what must come of each message of theirs."""

from typing import Any

from hanse.simulation.model import Book, Sent
from hanse.simulation.part import require
from hanse.simulation.terms import ANSWER, BUREAU, RECEIPT, Taken, Term

BRIEF_MINUTES = 8
RATE_PER_MINUTE = 2
AMOUNT_MAX = 100
REFUSED_ABOVE = 90
INVALID = frozenset({"data_invalid"})


def _valid(taken: Taken) -> bool:
    amount = taken.data.get("amount")
    return type(amount) is int and 0 <= amount <= AMOUNT_MAX


def _added(book: Book, taken: Taken) -> frozenset[str]:
    if not _valid(taken):
        return INVALID
    return ANSWER if taken.data["amount"] <= REFUSED_ABOVE else frozenset({"simulated_too_much"})


def _owed(book: Book, taken: Taken) -> frozenset[str]:
    return RECEIPT if _valid(taken) else INVALID


def _heard(book: Book, taken: Taken) -> frozenset[str]:
    return RECEIPT


def _note_added(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    visible = {"amount": taken.data["amount"]}
    require(answer == visible, "only granted fields leave a city", answer)
    book.effects["add", taken.peer, taken.message_id] = taken.data["amount"]


def _note_owed(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    book.effects["owed", taken.peer, taken.message_id] = taken.data["amount"]


def _note_heard(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
    book.heard.setdefault(taken.peer, []).append(taken.message_id)
    book.effects["heard", taken.peer, taken.message_id] = taken.sequence


def _note_told(book: Book, sent: Sent, answer: dict[str, Any]) -> None:
    book.effects["answered", sent.peer, sent.message_id] = len(answer)


TERMS = {
    "simulated.add": Term(
        agreement="a",
        purpose="trial",
        wanted=_added,
        taken=_note_added,
        told=_note_told,
        fields=("amount",),
        organisation=BUREAU,
        rate_per_minute=RATE_PER_MINUTE,
    ),
    "simulated.later": Term(
        agreement="b",
        purpose="trial",
        wanted=_owed,
        taken=_note_owed,
        told=_note_told,
        fields=("amount",),
    ),
    "simulated.said": Term(
        agreement="c",
        purpose="trial",
        wanted=_heard,
        taken=_note_heard,
        fields=("amount",),
        is_event=True,
    ),
    "simulated.brief": Term(
        agreement="d",
        purpose="trial",
        wanted=_added,
        taken=_note_added,
        told=_note_told,
        fields=("amount",),
        minutes=BRIEF_MINUTES,
    ),
}
"""Limited, plain, for events, and one that ends early."""
