"""One file proves one message with the charter alone, and each thing wrong in it is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.journal.evidence import Verified, verify
from hanse.mechanisms.journal.proving import prove
from tests.exchange.cities import Town, carry
from tests.journal.league_journals import charter_of, checkpointed

League = Callable[..., list[Town]]


def exchanged(make_league: League) -> tuple[list[Town], str]:
    towns = make_league(3)
    ids = [
        towns[0].ask("510600", "trial.add", {"name": f"n{number}"}, purpose="trial")
        for number in range(3)
    ]
    carry(towns[0], towns[1])
    for town in towns:
        checkpointed(town, [one for one in towns if one is not town])
    return towns, ids[1]


def evidence(town: Town, message_id: str) -> bytes:
    with reading(town.engine) as transaction:
        return prove(transaction, message_id, town.city, charter_of(town))


def check(town: Town, data: bytes) -> Verified:
    return verify(data, [charter_of(town).to_bytes()])


def test_both_sides_prove_the_same_message(make_league: League) -> None:
    towns, message_id = exchanged(make_league)
    for town in towns[:2]:
        found = check(towns[2], evidence(town, message_id))
        assert (found.sender, found.receiver) == ("510100", "510600")
        assert found.message is not None
        assert found.reply is not None
        assert found.message.id == message_id
        assert found.reply.data == {"value": 1}
        assert found.journal == town.city
        assert len(found.witnesses) == 2


def test_an_erased_message_is_proven_by_its_commitment(make_league: League) -> None:
    towns, message_id = exchanged(make_league)
    before = json.loads(evidence(towns[0], message_id))
    with committing(towns[0].engine) as transaction:
        transaction.execute(text("UPDATE messages_out SET line = NULL, answer = NULL"))
    after = json.loads(evidence(towns[0], message_id))
    found = check(towns[2], json.dumps(after).encode())
    assert found.message is None
    assert found.reply is None
    assert (
        after["exchange"]["message"]["commitment"] == (before["exchange"]["message"]["commitment"])
    )
    assert "line" not in after["exchange"]["message"]


def test_nothing_is_proven_before_a_quorum_cosigned(make_league: League) -> None:
    towns = make_league(2)
    message_id = towns[0].ask("510600", "trial.add", {"name": "x"}, purpose="trial")
    with pytest.raises(Problem, match="evidence_not_delivered"):
        evidence(towns[0], message_id)
    carry(towns[0], towns[1])
    with pytest.raises(Problem, match="evidence_not_cosigned_yet"):
        evidence(towns[0], message_id)
    with pytest.raises(Problem, match="message_not_found"):
        evidence(towns[0], "unknown")


OTHER = "A" * 43


def _unwitnessed(value: dict[str, Any]) -> None:
    lines = value["checkpoint"].split("\n")
    value["checkpoint"] = "\n".join(lines[:-2]) + "\n"


def _put(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        for part in path[:-1]:
            value = value[part]  # type: ignore[index]
        value[path[-1]] = to(value[path[-1]]) if callable(to) else to  # type: ignore[index]

    return change


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("evidence_malformed", _put("format", to="other")),
        ("evidence_malformed", _put("more", to=lambda: 1)),
        ("evidence_charter_other", _put("charter", "digest", to="sha-256:0")),
        (
            "evidence_message_changed",
            _put("exchange", "message", "line", to=lambda one: one.replace("n1", "n2")),
        ),
        ("evidence_message_changed", _put("exchange", "reply", "commitment", to=OTHER)),
        ("evidence_not_in_delivery", _put("exchange", "index", to=0)),
        ("evidence_not_in_delivery", _put("exchange", "reply", "path", 0, to=OTHER)),
        (
            "evidence_signature_invalid",
            _put("exchange", "request", "base", to=lambda one: one.replace("node.test", "x.test")),
        ),
        (
            "evidence_key_not_listed",
            _put(
                "exchange", "request", "base", to=lambda one: one.replace("510100/k1", "510100/k2")
            ),
        ),
        ("evidence_base_malformed", _put("exchange", "response", "base", to="")),
        ("evidence_signature_invalid", _put("exchange", "response", "signature", to="AAAA")),
        ("evidence_entry_changed", _put("journal", "salt", to=OTHER)),
        ("evidence_parties_wrong", _put("journal", "city", to="510700")),
        ("evidence_not_in_journal", _put("journal", "position", to=0)),
        ("evidence_quorum_missing", _unwitnessed),
        (
            "note_signature_invalid",
            _put("checkpoint", to=lambda one: one.replace("hanse/510100", "hanse/510700", 1)),
        ),
    ],
)
def test_each_thing_wrong_has_its_code(
    make_league: League, code: str, change: Callable[[dict[str, Any]], None]
) -> None:
    towns, message_id = exchanged(make_league)
    value = json.loads(evidence(towns[0], message_id))
    if code == "evidence_malformed" and "more" not in value:
        value["more"] = 1 if value["format"] else 0
    else:
        change(value)
    with pytest.raises(Problem) as refused:
        check(towns[2], json.dumps(value).encode())
    assert refused.value.code == code


def test_the_entry_of_another_delivery_is_no_evidence(make_league: League) -> None:
    towns, message_id = exchanged(make_league)
    other_id = towns[0].ask("510600", "trial.add", {"name": "z"}, purpose="trial")
    carry(towns[0], towns[1])
    checkpointed(towns[0], towns[1:])
    value = json.loads(evidence(towns[0], message_id))
    other = json.loads(evidence(towns[0], other_id))
    value["journal"], value["checkpoint"] = other["journal"], other["checkpoint"]
    with pytest.raises(Problem, match="evidence_entry_other_delivery"):
        check(towns[2], json.dumps(value).encode())
    value = json.loads(evidence(towns[0], message_id))
    value["exchange"]["response"] = other["exchange"]["response"]
    value["exchange"]["reply"] = other["exchange"]["reply"]
    with pytest.raises(Problem):
        check(towns[2], json.dumps(value).encode())
