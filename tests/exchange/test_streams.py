"""Events: in order, once, filtered, replayed byte for byte, and never to whom is not granted."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update

from hanse.foundation.store.transaction import committing
from hanse.mechanisms.exchange import streams
from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import messages_in, messages_out, streams_in
from tests.exchange.cities import START, Town, agreement_between, carry
from tests.exchange.trial import told

Pair = tuple[Town, Town]
TOPIC = "trial.said"


def subscribe(publisher: Town, *cities: str) -> None:
    with committing(publisher.engine) as transaction:
        for city in cities:
            streams.set_subscription(transaction, city, TOPIC, subscribed=True)


def say(publisher: Town, text: str) -> int:
    reply = publisher.call("trial.say", {"text": text})
    assert reply.kind is Kind.ANSWER, reply.data
    return int(reply.data["cities"])


def heard(town: Town) -> list[str]:
    return [row.text for row in town.rows(select(told).order_by(told.c.number))]


def test_events_arrive_in_order_and_once_though_answers_are_lost(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    for number in range(5):
        assert say(publisher, f"news {number}") == 1
        carry(publisher, receiver, lose_answer=number % 2 == 0)
    assert carry(publisher, receiver) == []
    assert heard(receiver) == [f"news {number}" for number in range(5)]


def test_an_event_holds_only_the_granted_fields(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    say(publisher, "news")
    (row,) = publisher.rows(select(messages_out).where(messages_out.c.kind == "event"))
    assert read_line(row.line).data == {"text": "news"}


def test_a_city_that_does_not_subscribe_is_told_nothing(pair: Pair) -> None:
    publisher, receiver = pair
    assert say(publisher, "news") == 0
    assert publisher.waiting(receiver.city) == []


def test_a_city_without_a_grant_is_told_nothing(make_league: Callable[..., list[Town]]) -> None:
    grants = [{"operations": ["trial.add"], "purposes": ["trial"]}]
    publisher, receiver = make_league(2, grants)
    subscribe(publisher, receiver.city)
    assert say(publisher, "news") == 0


def test_a_later_event_waits_for_the_earlier_one(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    for number in range(3):
        say(publisher, f"news {number}")
    first, second, third = publisher.waiting(receiver.city)
    sealed = publisher.seal(receiver.city, [second, third])
    answer = receiver.take(sealed)
    again = publisher.settle([second, third], sealed, answer)
    assert [one.message_id for one in again] == [second.message_id, third.message_id]
    assert heard(receiver) == []
    assert read_line(answer.body.splitlines()[0]).data["code"] == "stream_gap"
    assert carry(publisher, receiver) == []
    assert heard(receiver) == ["news 0", "news 1", "news 2"]
    assert first.sequence == 1


def test_what_the_handler_refuses_is_recorded_and_the_stream_goes_on(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    for text in ("news", "rude", "more"):
        say(publisher, text)
    assert carry(publisher, receiver) == []
    assert heard(receiver) == ["news", "more"]
    rows = receiver.rows(select(messages_in).where(messages_in.c.kind == "event"))
    assert [row.outcome for row in rows] == ["received", "refused", "received"]
    states = publisher.rows(select(messages_out.c.state).where(messages_out.c.kind == "event"))
    assert [row.state for row in states] == ["done", "refused", "done"]


def test_a_restored_receiver_gets_the_missing_events_again_byte_for_byte(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    for number in range(4):
        say(publisher, f"news {number}")
    carry(publisher, receiver)
    in_order = select(messages_out).order_by(messages_out.c.number)
    lines = [row.line for row in publisher.rows(in_order)]
    with committing(receiver.engine) as transaction:  # as a backup from after the first event
        transaction.execute(delete(messages_in).where(messages_in.c.sequence > 1))
        transaction.execute(delete(told).where(told.c.text != "news 0"))
        transaction.execute(update(streams_in).values(sequence=1))
    say(publisher, "news 4")
    assert carry(publisher, receiver) != []  # the gap is told, and the replay queued before it
    assert carry(publisher, receiver) == []
    assert heard(receiver) == [f"news {number}" for number in range(5)]
    assert [row.line for row in publisher.rows(in_order)][:4] == lines


def test_a_replay_from_a_position_is_asked_for_by_the_receiver(pair: Pair) -> None:
    publisher, receiver = pair
    receiver.ask(publisher.city, "stream.subscribe", {"topic": TOPIC})
    carry(receiver, publisher)
    for number in range(3):
        say(publisher, f"news {number}")
    carry(publisher, receiver)
    asked = receiver.ask(publisher.city, "stream.subscribe", {"topic": TOPIC, "replay_after": 1})
    carry(receiver, publisher)
    (row,) = receiver.rows(select(messages_out).where(messages_out.c.message_id == asked))
    assert read_line(row.answer).data == {"topic": TOPIC, "sequence": 3, "replayed": 2}
    assert len(publisher.waiting(receiver.city)) == 2
    assert carry(publisher, receiver) == []
    assert heard(receiver) == ["news 0", "news 1", "news 2"]


def test_a_replay_of_erased_events_says_where_it_can_start(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    for number in range(3):
        say(publisher, f"news {number}")
    carry(publisher, receiver)
    with committing(publisher.engine) as transaction:
        transaction.execute(
            update(messages_out).where(messages_out.c.sequence <= 2).values(line=None)
        )
    asked = receiver.ask(publisher.city, "stream.subscribe", {"topic": TOPIC, "replay_after": 0})
    carry(receiver, publisher)
    (row,) = receiver.rows(select(messages_out).where(messages_out.c.message_id == asked))
    refusal = read_line(row.answer).data
    assert (refusal["code"], refusal["values"]["first"]) == ("replay_too_old", "3")


def test_another_event_in_a_place_that_is_taken_is_refused(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    say(publisher, "news")
    carry(publisher, receiver)
    with committing(publisher.engine) as transaction:
        streams_row = {"peer": receiver.city, "topic": TOPIC, "subscribed": True, "sequence": 0}
        from hanse.mechanisms.exchange.tables import streams_out

        transaction.execute(delete(streams_out))
        transaction.insert(streams_out, streams_row)
    say(publisher, "other news")
    carry(publisher, receiver)
    assert heard(receiver) == ["news"]
    rows = publisher.rows(select(messages_out).order_by(messages_out.c.number.desc()))
    assert read_line(rows[0].answer).data["code"] == "stream_position_taken"


def test_an_ended_agreement_stops_events_that_wait(pair: Pair) -> None:
    publisher, receiver = pair
    subscribe(publisher, receiver.city)
    say(publisher, "news")
    (waiting,) = publisher.waiting(receiver.city)
    publisher.clock.advance(days=366)
    with committing(publisher.engine) as transaction:
        league = publisher.side(transaction).league
        problem = publisher.desk.uncovered(league, waiting, publisher.clock.now)
    assert problem is not None
    assert problem.code == "agreement_expired"
    assert say(publisher, "later news") == 0


def test_a_grant_for_a_period_covers_events_within_it(
    make_league: Callable[..., list[Town]],
) -> None:
    grants = [
        {
            "operations": [TOPIC],
            "purposes": ["trial"],
            "valid_until": START + timedelta(days=1),
        }
    ]
    publisher, receiver = make_league(2, grants)
    assert agreement_between([publisher, receiver], START, grants).grants[0].valid_until
    subscribe(publisher, receiver.city)
    assert say(publisher, "news") == 1
    publisher.clock.advance(days=2)
    assert say(publisher, "late news") == 0
