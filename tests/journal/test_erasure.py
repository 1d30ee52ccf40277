"""Contents are erased, proofs stay, and what is left tells nothing of what was there."""

import json
from datetime import date, timedelta

from sqlalchemy import select, text

from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.merkle import leaf_hash, verify_inclusion
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange.message import commitment, read_line
from hanse.mechanisms.exchange.tables import deliveries, messages_in, messages_out
from hanse.mechanisms.journal import log
from hanse.mechanisms.journal.entries import RETENTIONS
from hanse.mechanisms.journal.erasure import erase_entries, erase_messages
from hanse.mechanisms.journal.evidence import verify
from hanse.mechanisms.journal.proving import prove
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league import store as league_store
from tests.exchange.cities import Town, carry
from tests.exchange.conftest import clock, make_league, pair  # noqa: F401 - fixtures
from tests.journal.test_access import cosign_journal

Pair = tuple[Town, Town]
BORN = date(1960, 5, 17)
PERSON = make_citizen_id("510600", BORN, 21)
MESSAGES = 1_000


def ask_many(asker: Town, asked: Town, count: int) -> list[str]:
    data = {"person": PERSON}
    ids = [asker.ask(asked.city, "trial.look", data, purpose="trial") for _ in range(count)]
    assert carry(asker, asked) == []
    return ids


def erase(town: Town) -> int:
    later = town.clock.now + timedelta(days=1)
    with committing(town.engine) as transaction:
        return erase_messages(transaction, later, "retention ended", later)


def test_a_thousand_erased_messages_are_still_proven(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    ids = ask_many(asker, asked, MESSAGES)
    cosign_journal(asker, asked)
    assert erase(asker) == MESSAGES
    assert erase(asker) == 0
    with reading(asker.engine) as transaction:
        charter = league_store.current_charter(transaction)
        assert charter is not None
        for message_id in ids[:: MESSAGES // 50]:
            evidence = prove(transaction, message_id, asker.city, charter)
            verified = verify(evidence, [charter.to_bytes()])
            assert (verified.message, verified.reply) == (None, None)
            assert "line" not in json.loads(evidence)["exchange"]["message"]
        assert log.verify_stored(transaction) == log.size(transaction)


def test_nothing_of_an_erased_body_can_be_guessed(pair: Pair) -> None:  # noqa: F811
    """All identifiers of one day of birth are tried against every byte that is left.

    Method: the attacker knows the whole message but the identifier and the salt, and tries the
    commitment of each candidate without the salt, and with an empty one.
    """
    asker, asked = pair
    (message_id,) = ask_many(asker, asked, 1)
    (row,) = asked.rows(select(messages_in).where(messages_in.c.message_id == message_id))
    known = json.loads(row.line)
    salt = known["salt"]
    assert erase(asked) >= 1
    with committing(asked.engine) as transaction:
        long_after = asked.clock.now + timedelta(days=40_000)
        assert erase_entries(transaction, long_after, "retention ended") > 0
    left = everything_left(asked)
    assert PERSON.encode() not in left
    assert salt.encode() not in left
    for sequence in range(1, 1_000):
        candidate = make_citizen_id("510600", BORN, sequence)
        for tried_salt in ("", "A" * 22):
            guess = {**known, "salt": tried_salt, "data": {"person": candidate, "secretly": False}}
            line = json.dumps(guess, separators=(",", ":")).encode()
            assert commitment(line) not in left
        assert leaf_hash(candidate.encode()) not in left


def everything_left(town: Town) -> bytes:
    parts: list[bytes] = []
    for table in (messages_in, messages_out, deliveries, journal_entries):
        for row in town.rows(select(table)):
            for value in row:
                parts.append(bytes(value) if isinstance(value, bytes | memoryview) else b"")
                parts.append(str(value).encode() if isinstance(value, str) else b"")
    return b"\0".join(parts)


def test_entries_lose_their_details_when_their_class_runs_out_and_not_before(
    pair: Pair,  # noqa: F811
) -> None:
    asker, asked = pair
    ask_many(asker, asked, 1)
    access_days = RETENTIONS["access"].days
    with committing(asked.engine) as transaction:
        early = asked.clock.now + timedelta(days=access_days - 1)
        assert erase_entries(transaction, early, "retention ended") == 0
    with committing(asked.engine) as transaction:
        due = asked.clock.now + timedelta(days=access_days + 1)
        assert erase_entries(transaction, due, "retention ended") == 1
    rows = asked.rows(select(journal_entries).order_by(journal_entries.c.position))
    erased = [row for row in rows if row.details is None]
    assert [row.kind for row in erased] == ["access.personal"]
    assert (erased[0].salt, erased[0].person) == (None, None)
    assert rows[-1].kind == "body.erased"
    with reading(asked.engine) as transaction:
        head = log.head(transaction)
        for row in rows:
            path = log.inclusion_path(transaction, row.position, head.size)
            leaf = leaf_hash(bytes(row.entry))
            assert verify_inclusion(leaf, row.position, head.size, path, head.root())


def test_what_waits_keeps_its_contents(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    asker.ask(asked.city, "trial.look", {"person": PERSON}, purpose="trial")
    assert erase(asker) == 0
    assert carry(asker, asked) == []


def test_an_erased_answer_is_not_given_again_but_nothing_is_done_twice(
    pair: Pair,  # noqa: F811
) -> None:
    asker, asked = pair
    message_id = asker.ask(asked.city, "trial.add", {"name": "a"}, purpose="trial")
    carry(asker, asked, lose_answer=True)
    erase(asked)
    carry(asker, asked)
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    assert row.state == "refused"
    assert read_line(row.answer).data["code"] == "answer_erased"
    with reading(asked.engine) as transaction:
        value = transaction.value(text("SELECT value FROM trial_counters WHERE name = 'a'"))
    assert value == 1
