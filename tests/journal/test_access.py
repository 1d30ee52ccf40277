"""Who looked at my data: journaled without a name, told to the person, each line proven."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.exchange.message import read_line
from hanse.mechanisms.exchange.tables import messages_out
from hanse.mechanisms.journal import checkpointing
from hanse.mechanisms.journal.access import person_digest, verify_line
from hanse.mechanisms.journal.checkpoints import parse_checkpoint
from hanse.mechanisms.journal.cosignatures import cosign
from hanse.mechanisms.journal.parties import origin_of
from hanse.mechanisms.journal.tables import journal_entries
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.charter import Charter
from tests.exchange.cities import Town, carry
from tests.exchange.conftest import clock, make_league, pair  # noqa: F401 - fixtures

Pair = tuple[Town, Town]
PERSON = make_citizen_id("510600", date(1960, 5, 17), 21)
OTHER = make_citizen_id("510600", date(1960, 5, 17), 22)


def look(asker: Town, asked: Town, person: str = PERSON, **options: Any) -> str:
    data = {"person": person, "secretly": options.pop("secretly", False)}
    message_id = asker.ask(asked.city, "trial.look", data, purpose="trial", **options)
    assert carry(asker, asked) == []
    return message_id


def question(asker: Town, asked: Town, person: str = PERSON) -> dict[str, Any]:
    message_id = asker.ask(
        asked.city,
        "journal.accesses",
        {"person": person, "identity": "id_card"},
        purpose="resident-access",
    )
    assert carry(asker, asked) == []
    (row,) = asker.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    data: dict[str, Any] = read_line(row.answer).data
    return data


def charter_of(town: Town) -> Charter:
    with reading(town.engine) as transaction:
        found = league_store.load(transaction, town.city).charter
    assert found is not None
    return found


def cosign_journal(town: Town, *witnesses: Town) -> None:
    """A checkpoint of the town's journal with the witnesses' cosignatures."""
    charter = charter_of(town)
    origin = origin_of(charter, town.city)
    with committing(town.engine) as transaction:
        note = checkpointing.checkpoint(transaction, origin, town.key, town.clock.now)
        checkpoint = parse_checkpoint(note.text)
        lines = [
            cosign(
                checkpoint,
                one.key,
                origin_of(charter, one.city),
                int(one.clock.now.timestamp()),
            )
            for one in witnesses
        ]
        whole = note.with_signatures(lines)
        checkpointing.keep_cosigned(transaction, checkpoint.size, whole, town.clock.now)


def proven(town: Town, answer: dict[str, Any]) -> list[dict[str, Any]]:
    charter = charter_of(town)
    return [
        verify_line(charter, answer["city"], answer["checkpoint"], **line)
        for line in answer["lines"]
        if line["path"]
    ]


def test_every_access_is_told_with_its_agreement_and_proven(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    message_id = look(asker, asked)
    look(asker, asked, OTHER)
    cosign_journal(asked, asker)
    answer = question(asker, asked)
    (line,) = proven(asker, answer)
    assert {name: line[name] for name in ("city", "organisation", "operation", "message")} == {
        "city": "510100",
        "organisation": "bureau",
        "operation": "trial.look",
        "message": message_id,
    }
    assert (line["purpose"], line["agreement"]) == ("trial", "trial")
    assert (line["outcome"], "identity" in line) == ("answered", False)


def test_the_question_itself_is_told_the_next_time(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    question(asker, asked)
    cosign_journal(asked, asker)
    (line,) = proven(asker, question(asker, asked))
    assert (line["operation"], line["identity"]) == ("journal.accesses", "id_card")


def test_a_refused_attempt_is_told_too(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    asker.exchange.registry.operations["trial.look"]
    data = {"person": PERSON}
    message = asker.exchange.new_message(
        read_kind(),
        "trial.look",
        asked.city,
        data,
        organisation="bureau",
        now=asker.clock.now,
        purpose="other",
    )
    from hanse.mechanisms.exchange import outbox

    with committing(asker.engine) as transaction:
        outbox.put(asker.exchange, transaction, message, asker.clock.now)
    carry(asker, asked)
    cosign_journal(asked, asker)
    (line,) = proven(asker, question(asker, asked))
    assert (line["outcome"], line["purpose"]) == ("purpose_not_granted", "other")


def read_kind() -> Any:
    from hanse.mechanisms.exchange.message import Kind

    return Kind.REQUEST


def test_what_the_law_defers_is_told_when_the_deferral_ends(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    look(asker, asked, secretly=True)
    cosign_journal(asked, asker)
    assert proven(asker, question(asker, asked)) == []
    asker.clock.advance(days=31)
    lines = proven(asker, question(asker, asked))
    deferred = [line for line in lines if "deferred_until" in line]
    assert [line["deferral_basis"] for line in deferred] == ["试验法第一条"]


def test_an_own_agencys_access_is_told(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    asked.call("trial.look", {"person": PERSON})
    cosign_journal(asked, asker)
    (line,) = proven(asker, question(asker, asked))
    assert (line["city"], line["organisation"]) == ("510600", "bureau")


def test_a_line_that_was_changed_is_not_proven(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    look(asker, asked)
    cosign_journal(asked, asker)
    answer = question(asker, asked)
    for name, change in (
        ("details", lambda text: text.replace("bureau", "office")),
        ("entry", lambda text: text.replace("2026", "2025")),
        ("position", lambda number: number + 1),
        ("salt", lambda text: "A" * len(text)),
    ):
        changed = {**answer, "lines": [dict(answer["lines"][0])]}
        changed["lines"][0][name] = change(changed["lines"][0][name])
        with pytest.raises(Problem):
            proven(asker, changed)


def test_a_checkpoint_without_its_witnesses_proves_nothing(pair: Pair) -> None:  # noqa: F811
    asker, asked = pair
    look(asker, asked)
    cosign_journal(asked)
    with pytest.raises(Problem, match="access_unproven"):
        proven(asker, question(asker, asked))


def test_the_store_does_not_tell_whose_data_it_was(pair: Pair) -> None:  # noqa: F811
    """Every identifier of the day of birth is tried on what the store and the journal hold."""
    asker, asked = pair
    look(asker, asked)
    (row,) = asked.rows(select(journal_entries).where(journal_entries.c.person.is_not(None)))
    held = bytes(row.entry) + bytes(row.details)
    assert PERSON.encode() not in held
    digest = bytes(row.person)
    assert digest == person_digest(asked.exchange.person_key, PERSON)
    for sequence in range(1, 1_000):
        tried = make_citizen_id("510600", date(1960, 5, 17), sequence)
        assert digest != person_digest(bytes(32), tried)


def test_another_citys_digest_of_the_person_is_another(
    make_league: Callable[..., list[Town]],  # noqa: F811
) -> None:
    one, two, three = make_league(3)
    digests = {person_digest(town.exchange.person_key, PERSON) for town in (one, two, three)}
    assert len(digests) == 3
