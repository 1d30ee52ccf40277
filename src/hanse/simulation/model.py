"""What must come of each delivery, kept independently of the code under test.

The model never asks the code under test: it knows the terms that the league agreed on, counts
uses by itself, and reads a line as plain JSON.
"""

import copy
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hanse.simulation.part import require

TERMS = {
    "simulated.add": "a",
    "simulated.later": "b",
    "simulated.said": "c",
    "simulated.brief": "d",
}
"""Each operation's one agreement."""
CITY_ONLY = ("simulated.give", "simulated.say")
BRIEF_MINUTES = 8
RATE_PER_MINUTE = 2
SKEW_SECONDS_MAX = 300
DENIED = frozenset(
    {
        "no_agreement",
        "agreement_not_between",
        "operation_not_granted",
        "purpose_not_granted",
        "organisation_not_granted",
        "agreement_not_in_force",
        "agreement_suspended",
        "agreement_ended",
        "agreement_expired",
        "grant_out_of_period",
    }
)


@dataclass
class Book:
    """What one city's disk must hold, as far as its answers depend on it."""

    city: str
    start: datetime
    charter: int = 1
    stated: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    replies: dict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=dict)
    """By peer and id: the line that was taken, and the line that answers it for ever."""
    owed: set[tuple[str, str]] = field(default_factory=set)
    positions: dict[str, int] = field(default_factory=dict)
    heard: dict[str, list[str]] = field(default_factory=dict)
    uses: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    effects: dict[tuple[str, str, str], int] = field(default_factory=dict)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What this city sent, by id: peer, kind, state, and the reply's line."""
    published: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> "Book":
        """A book to write a prediction in: it counts only if the commit does."""
        return copy.copy(self)._own()

    def _own(self) -> "Book":
        self.replies, self.owed = dict(self.replies), set(self.owed)
        self.positions, self.uses = dict(self.positions), dict(self.uses)
        self.heard = {peer: list(ids) for peer, ids in self.heard.items()}
        self.effects = dict(self.effects)
        self.asked = {key: dict(one) for key, one in self.asked.items()}
        return self

    def in_force(self, agreement: str, at: datetime) -> bool:
        """Whether the agreement holds at this instant, by what this city was told."""
        if agreement == "d" and at >= self.start + timedelta(minutes=BRIEF_MINUTES):
            return False
        state: dict[str, str] = {}
        for about, city, kind, effective in self.stated:
            if about == agreement and effective <= at:
                state[city] = kind
        return at >= self.start and "suspend" not in state.values()

    def covers(self, line: dict[str, Any], at: datetime) -> bool:
        """Whether a request or event is granted."""
        operation = str(line["type"]).split(".", 2)[2]
        organisation = str(line["source"]).split(":")[3]
        agreement = TERMS[operation]
        return (
            line.get("purpose") == "trial"
            and line.get("agreement") in (None, agreement)
            and (organisation == "bureau" or not operation.endswith("add"))
            and self.in_force(agreement, at)
        )

    def use(self, caller: str, at: datetime) -> bool:
        """Count one use of the limited grant; false where none is left."""
        window = at.replace(second=0, microsecond=0)
        start, count = self.uses.get(caller, (window, 0))
        if window > start:
            start, count = window, 0
        if count >= RATE_PER_MINUTE:
            return False
        self.uses[caller] = (start, count + 1)
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
    if "retry" in wanted or got == "rate_exceeded" or got == "stream_gap":
        return
    book.replies[key] = (raw, reply)
    _note(book, peer, line, answer, got)


def _wanted(book: Book, peer: str, line: dict[str, Any], at: datetime) -> frozenset[str]:
    kind, operation = str(line["type"]).split(".", 2)[1:]
    if line["recipient"] != book.city:
        return frozenset({"wrong_recipient"})
    if not str(line["source"]).startswith(f"urn:hanse:{peer}:"):
        return frozenset({"sender_mismatch"})
    if kind == "request":
        return _wanted_of_request(book, peer, line, operation, at)
    if kind == "event":
        expected = book.positions.get(peer, 0) + 1
        if line["sequence"] != expected:
            ahead = line["sequence"] > expected
            return frozenset({"stream_gap" if ahead else "stream_position_taken"})
        return frozenset({"receipt"}) if book.covers(line, at) else DENIED
    if kind == "answer":
        one = book.asked.get(line.get("inreplyto", ""))
        open_ = one is not None and one["peer"] == peer and one["kind"] == "request"
        waits = open_ and one is not None and one["state"] in ("pending", "owed", "dead")
        return frozenset({"receipt" if waits else "answer_unasked"})
    return frozenset({"kind_unexpected"})


def _wanted_of_request(
    book: Book, peer: str, line: dict[str, Any], operation: str, at: datetime
) -> frozenset[str]:
    if operation in CITY_ONLY:
        return frozenset({"operation_not_for_other_cities"})
    if operation == "stream.subscribe":
        return frozenset({"answer"})
    if operation not in TERMS or operation == "simulated.said":
        return frozenset({"operation_unknown"})
    if line.get("purpose") is None:
        return frozenset({"purpose_required"})
    if not book.covers(line, at):
        return DENIED
    if operation == "simulated.add" and not book.use(peer, at):
        return frozenset({"rate_exceeded"})
    amount = line["data"].get("amount")
    if type(amount) is not int or not 0 <= amount <= 100:
        return frozenset({"data_invalid"})
    if operation == "simulated.later":
        return frozenset({"receipt"})
    return frozenset({"answer"} if amount <= 90 else {"simulated_too_much"})


def _note(book: Book, peer: str, line: dict[str, Any], answer: dict[str, Any], got: str) -> None:
    kind, operation = str(line["type"]).split(".", 2)[1:]
    if kind == "event":
        if got not in ("stream_position_taken", "wrong_recipient", "sender_mismatch"):
            book.positions[peer] = line["sequence"]
        if got == "receipt":
            book.heard.setdefault(peer, []).append(line["id"])
            book.effects["heard", peer, line["id"]] = line["sequence"]
    elif kind == "request" and got == "answer" and operation in TERMS:
        visible = {"amount": line["data"]["amount"]}
        require(answer["data"] == visible, "only granted fields leave a city", answer["data"])
        book.effects["add", peer, line["id"]] = line["data"]["amount"]
    elif kind == "request" and got == "receipt":
        book.owed.add((peer, line["id"]))
        book.effects["owed", peer, line["id"]] = line["data"]["amount"]
    elif kind == "answer" and got == "receipt":
        settle(book, peer, line["inreplyto"], line, json.dumps(line).encode())


def outcome(answer: dict[str, Any]) -> str:
    """`answer`, `receipt`, or the code of a refusal."""
    kind = str(answer["type"]).split(".")[1]
    return str(answer["data"]["code"]) if kind == "refusal" else kind


def settle(book: Book, peer: str, message_id: str, answer: dict[str, Any], line: bytes) -> None:
    """Note what a reply makes of a message of this city."""
    one = book.asked[message_id]
    kind = str(answer["type"]).split(".")[1]
    if one["state"] in ("done", "refused"):
        if kind == "answer" and one["kind"] == "request":
            require(one["told"], "an answer is told", message_id)
        return
    if kind == "refusal":
        if answer["data"].get("retry") is True:
            return
        one["state"] = "refused"
    elif kind == "receipt" and one["kind"] == "request":
        one["state"] = "owed"
    else:
        one["state"] = "done"
        if one["kind"] == "request" and one["operation"] in TERMS:
            one["told"] = True
            book.effects["answered", peer, message_id] = len(answer["data"])


def replay(book: Book, peer: str, replies: list[dict[str, Any]]) -> None:
    """Where a peer misses earlier events, all from there on wait to be sent again."""
    gaps = [
        int(reply["data"]["values"]["expected"])
        for reply in replies
        if outcome(reply) == "stream_gap"
    ]
    for one in book.asked.values():
        behind = gaps and one["kind"] == "event" and one["peer"] == peer
        if behind and one["sequence"] >= min(gaps):
            one["state"] = "pending"
