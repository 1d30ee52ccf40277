"""What must come of each delivery, kept independently of the code under test.

The model never asks the code under test: it knows the terms that the league agreed on, counts
uses by itself, and reads a line as plain JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hanse.simulation.part import require
from hanse.simulation.terms import (
    BUREAU,
    DENIED,
    RECEIPT,
    RETRYABLE,
    Taken,
    Term,
    beyond,
)

SKEW_SECONDS_MAX = 300
OPEN_STATES = ("pending", "owed", "dead")


@dataclass
class Sent:
    """A message that its city's outbox must hold."""

    message_id: str
    peer: str
    kind: str
    operation: str
    sequence: int | None
    line: bytes
    number: int
    state: str = "pending"
    told: bool = False
    """Whether its asker was handed an answer."""

    @property
    def data(self) -> Any:
        """What it says."""
        return json.loads(self.line)["data"]


@dataclass
class Book:
    """What one city's disk must hold, as far as its answers depend on it."""

    city: str
    start: datetime
    terms: Mapping[str, Term]
    city_only: frozenset[str]
    """Operations that no other city may call."""
    charter: int = 1
    stated: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    replies: dict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=dict)
    """By peer and id: the line that was taken, and the line that answers it for ever."""
    owed: set[tuple[str, str]] = field(default_factory=set)
    positions: dict[tuple[str, str], int] = field(default_factory=dict)
    """By peer and topic: where the stream stands."""
    heard: dict[str, list[str]] = field(default_factory=dict)
    uses: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    effects: dict[tuple[str, str, str], int] = field(default_factory=dict)
    asked: dict[str, Sent] = field(default_factory=dict)
    sent_number: int = 0
    """The outbox's last row that is known here."""
    parts: dict[str, Any] = field(default_factory=dict)
    """What each part's model holds of this city."""

    def in_force(self, agreement: str, at: datetime) -> bool:
        """Whether the agreement holds at this instant, by what this city was told."""
        lives = [one.minutes for one in self.terms.values() if one.agreement == agreement]
        if any(life and at >= self.start + timedelta(minutes=life) for life in lives):
            return False
        state: dict[str, str] = {}
        for about, city, kind, effective in self.stated:
            if about == agreement and effective <= at:
                state[city] = kind
        return at >= self.start and "suspend" not in state.values()

    def covers(self, line: dict[str, Any], at: datetime) -> bool:
        """Whether a request or event is granted."""
        term = self.terms[_operation(line)]
        organisation = str(line["source"]).split(":")[3]
        return (
            line.get("purpose") == term.purpose
            and line.get("agreement") in (None, term.agreement)
            and term.organisation in (None, organisation)
            and self.in_force(term.agreement, at)
        )

    def may_ask(self, operation: str, purpose: str, at: datetime, who: str = BUREAU) -> bool:
        """Whether an organisation of this city may ask another one."""
        term = self.terms[operation]
        named = purpose == term.purpose and term.organisation in (None, who)
        return named and self.in_force(term.agreement, at)

    def use(self, operation: str, caller: str, at: datetime) -> bool:
        """Count one use of a limited grant; false where none is left."""
        limit = self.terms[operation].rate_per_minute
        if limit is None:
            return True
        window = at.replace(second=0, microsecond=0)
        start, count = self.uses.get((operation, caller), (window, 0))
        if window > start:
            start, count = window, 0
        if count >= limit:
            return False
        self.uses[operation, caller] = (start, count + 1)
        return True


def take(book: Book, peer: str, lines: list[bytes], replies: list[bytes], at: datetime) -> None:
    """Check the replies to a delivery, one by one, and note what they mean in the book."""
    require(len(lines) == len(replies), "every message of a delivery is answered", len(replies))
    for line, reply in zip(lines, replies, strict=True):
        _take(book, peer, line, reply, at)


def _take(book: Book, peer: str, raw: bytes, reply: bytes, at: datetime) -> None:
    line, answer = json.loads(raw), json.loads(reply)
    key = (peer, line["id"])
    got = outcome(answer)
    if key in book.replies:
        known, given = book.replies[key]
        if known == raw:
            require(reply == given, "the same message has one answer for ever", line["type"], got)
        else:
            require(got == "message_id_reused", "an id has one content for ever", got)
        return
    wanted = _wanted(book, peer, line, at)
    require(got in wanted, "each message gets the outcome that it must", line["type"], got, wanted)
    if got in RETRYABLE:
        return
    book.replies[key] = (raw, reply)
    _note(book, peer, line, answer, got, at)


def _operation(line: dict[str, Any]) -> str:
    return str(line["type"]).split(".", 2)[2]


def _wanted(book: Book, peer: str, line: dict[str, Any], at: datetime) -> frozenset[str]:
    kind, operation = str(line["type"]).split(".", 2)[1:]
    if line["recipient"] != book.city:
        return frozenset({"wrong_recipient"})
    if not str(line["source"]).startswith(f"urn:hanse:{peer}:"):
        return frozenset({"sender_mismatch"})
    if kind == "request":
        return _wanted_of_request(book, peer, line, operation, at)
    if kind == "event":
        expected = book.positions.get((peer, operation), 0) + 1
        if line["sequence"] != expected:
            ahead = line["sequence"] > expected
            return frozenset({"stream_gap" if ahead else "stream_position_taken"})
        if not book.covers(line, at):
            return DENIED
        return book.terms[operation].wanted(book, _read(peer, line, at))
    if kind == "answer":
        one = book.asked.get(line.get("inreplyto", ""))
        waits = (
            one is not None
            and one.peer == peer
            and one.kind == "request"
            and one.state in OPEN_STATES
        )
        return frozenset({"receipt" if waits else "answer_unasked"})
    return frozenset({"kind_unexpected"})


def _wanted_of_request(
    book: Book, peer: str, line: dict[str, Any], operation: str, at: datetime
) -> frozenset[str]:
    if operation in book.city_only:
        return frozenset({"operation_not_for_other_cities"})
    if operation not in book.terms or book.terms[operation].is_event:
        return frozenset({"operation_unknown"})
    if line.get("purpose") is None:
        return frozenset({"purpose_required"})
    if not book.covers(line, at):
        return DENIED
    if not book.use(operation, peer, at):
        return frozenset({"rate_exceeded"})
    return book.terms[operation].wanted(book, _read(peer, line, at))


def _read(peer: str, line: dict[str, Any], at: datetime) -> Taken:
    return Taken(peer, line["id"], line["data"], at, line.get("sequence", 0))


def _note(
    book: Book, peer: str, line: dict[str, Any], answer: dict[str, Any], got: str, at: datetime
) -> None:
    kind, operation = str(line["type"]).split(".", 2)[1:]
    if kind == "event":
        if got not in ("stream_position_taken", "wrong_recipient", "sender_mismatch"):
            book.positions[peer, operation] = line["sequence"]
        if got == "receipt":
            only_granted(book.terms[operation], line["data"])
            book.terms[operation].taken(book, _read(peer, line, at), got, {})
    elif kind == "request" and got in ("answer", "receipt"):
        if got == "answer":
            only_granted(book.terms[operation], answer["data"])
        else:
            book.owed.add((peer, line["id"]))
        book.terms[operation].taken(book, _read(peer, line, at), got, answer["data"])
    elif kind == "answer" and {got} == RECEIPT:
        settle(book, peer, line["inreplyto"], line)


def only_granted(term: Term, data: Any) -> None:
    """No field beyond the grant leaves a city."""
    found = beyond(data, term.fields)
    require(not found, "only granted fields leave a city", term.agreement, found)


def outcome(answer: dict[str, Any]) -> str:
    """`answer`, `receipt`, or the code of a refusal."""
    kind = str(answer["type"]).split(".")[1]
    return str(answer["data"]["code"]) if kind == "refusal" else kind


def settle(book: Book, peer: str, message_id: str, answer: dict[str, Any]) -> None:
    """Note what a reply makes of a message of this city."""
    one = book.asked[message_id]
    kind = str(answer["type"]).split(".")[1]
    if one.state in ("done", "refused"):
        if kind == "answer" and one.kind == "request":
            require(one.told, "an answer is told", message_id)
        return
    if kind == "refusal":
        if outcome(answer) not in RETRYABLE:
            one.state = "refused"
            if one.kind == "request" and one.operation in book.terms:
                book.terms[one.operation].refused(book, one, outcome(answer))
    elif kind == "receipt" and one.kind == "request":
        one.state = "owed"
    else:
        one.state = "done"
        if one.kind == "request" and one.operation in book.terms:
            one.told = True
            book.terms[one.operation].told(book, one, answer["data"])


def replay(book: Book, peer: str, replies: list[dict[str, Any]]) -> None:
    """Where a peer misses earlier events, all from there on wait to be sent again."""
    gaps: dict[str, int] = {}
    for reply in replies:
        if outcome(reply) == "stream_gap":
            topic, expected = _operation(reply), int(reply["data"]["values"]["expected"])
            gaps[topic] = min(expected, gaps.get(topic, expected))
    for one in book.asked.values() if gaps else ():
        first = gaps.get(one.operation)
        behind = one.kind == "event" and one.peer == peer and first is not None
        if behind and one.sequence is not None and first is not None and one.sequence >= first:
            one.state = "pending"
