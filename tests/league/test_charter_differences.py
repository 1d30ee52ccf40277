"""What a proposal changes is told in words, and nothing that it changes is left untold."""

import itertools
from typing import Any

import pytest
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    MIANYANG,
    START,
    SUINING,
    founding,
    member,
    member_key,
    on_day,
    private_key,
)

from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import Charter, Member, MemberKey, Organisation
from hanse.mechanisms.league.charter_differences import VALUES_TOLD_MAX, differences
from hanse.mechanisms.league.charter_proposals import (
    next_version,
    with_address_changed,
    with_key_replaced,
    with_member_joined,
    with_member_left,
)

HOSPITAL = Organisation(id="H1", name=Text("第一医院", "First Hospital"))
BANK = Organisation(id="B1", name=Text("商业银行", "Commercial Bank"))
KEYS = (member_key(CHENGDU), member_key(CHENGDU, "k2"))
OLD = founding(
    members=(
        member(CHENGDU, keys=KEYS, organisations=(HOSPITAL, BANK)),
        member(DEYANG),
        member(MIANYANG),
    ),
    threshold=2,
    witness_quorum=1,
    calendar={"days": {"2026-01-01": "rest"}, "version": 1},
    settlement={"cap_fen": 100, "on": True},
)


def told(new: Charter) -> list[str]:
    return [line.en for line in differences(OLD, new)]


def test_no_difference_to_itself() -> None:
    assert differences(OLD, OLD) == []


def test_every_change_is_a_sentence_in_both_languages() -> None:
    new = next_version(OLD, issued_at=on_day(1), threshold=3)
    assert differences(OLD, new) == [
        Text(
            "章程生效时间由“2026-01-01T00:00:00.000Z”改为“2026-01-02T00:00:00.000Z”",
            "The charter's begin changes from 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z",
        ),
        Text(
            "修订所需签署城市数由“2”改为“3”",
            "The threshold of signatures changes from 2 to 3",
        ),
    ]


def proposal(**changes: Any) -> Charter:
    return next_version(OLD, issued_at=START, **changes)


def of_chengdu(**changes: Any) -> Charter:
    return proposal(members=(OLD.members[0].model_copy(update=changes), *OLD.members[1:]))


def of_its_key(**changes: Any) -> Charter:
    return of_chengdu(keys=(KEYS[0].model_copy(update=changes), KEYS[1]))


def of_its_hospital(**changes: Any) -> Charter:
    return of_chengdu(organisations=(HOSPITAL.model_copy(update=changes), BANK))


NAME = Text("新", "New")
CHANGES: dict[type, dict[str, Charter]] = {
    Charter: {
        "league": proposal(league="other"),
        "title": proposal(title=NAME),
        "valid_from": proposal(valid_from=on_day(2)),
        "valid_until": proposal(valid_until=on_day(2000)),
        "threshold": proposal(threshold=3),
        "witness_quorum": proposal(witness_quorum=0),
        "members": proposal(members=OLD.members[:2]),
        "calendar": proposal(calendar=None),
        "settlement": proposal(settlement={"cap_fen": 101, "on": True}),
    },
    Member: {
        "city": proposal(
            members=(OLD.members[0], OLD.members[1], member(SUINING, *OLD.members[2].keys))
        ),
        "name": of_chengdu(name=NAME),
        "address": of_chengdu(address="http://a:1"),
        "keys": of_chengdu(keys=KEYS[:1]),
        "organisations": of_chengdu(organisations=(HOSPITAL,)),
    },
    MemberKey: {
        "id": of_its_key(id="k9"),
        "suite": of_its_key(**private_key(CHENGDU, "k8", "ml-dsa-44").public.as_dict()),
        "public": of_its_key(**private_key(CHENGDU, "k9").public.as_dict()),
        "uses": of_its_key(uses=("charter",)),
        "valid_from": of_its_key(valid_from=on_day(-1)),
        "valid_until": of_its_key(valid_until=on_day(5)),
    },
    Organisation: {"id": of_its_hospital(id="H2"), "name": of_its_hospital(name=NAME)},
}
CHANGE_EVERY_TIME = {"version", "previous", "issued_at"}


@pytest.mark.parametrize("model", CHANGES)
def test_a_change_of_any_field_is_told(model: Any) -> None:
    """A field that is added to a model fails here until it is told."""
    assert CHANGES[model].keys() == model.model_fields.keys() - CHANGE_EVERY_TIME
    for name, new in CHANGES[model].items():
        assert told(new), name
        assert differences(new, OLD), name


@pytest.mark.parametrize(
    "new",
    [
        proposal(members=OLD.members[::-1]),
        of_chengdu(keys=KEYS[::-1]),
        of_chengdu(organisations=(BANK, HOSPITAL)),
        of_its_key(uses=("witness", "charter", "exchange")),
        proposal(settlement={"cap_fen": 100, "on": 1}),
        proposal(settlement={"cap_fen": 100, "on": True, "more": {}}),
        proposal(calendar={"days/2026-01-01": "rest", "version": 1, "days": {}}),
        proposal(calendar={}),
    ],
)
def test_what_is_easily_overlooked_is_told(new: Charter) -> None:
    assert len(told(new)) >= 1
    assert new.digest != next_version(OLD, issued_at=START).digest


def test_places_of_values_are_not_confused() -> None:
    one, other = proposal(calendar={"a/b": 1}), proposal(calendar={"a": {"b": 1}})
    assert differences(one, other)


def test_long_values_that_begin_alike_are_told_apart() -> None:
    one, other = (proposal(calendar={"a": "x" * 400 + end}) for end in "yz")
    (line,) = differences(one, other)
    before, after = line.en.split(" changes from ")[1].split(" to ")
    assert before != after
    assert len(line.en) < 600


def test_the_number_of_values_told_is_limited_and_their_rest_counted() -> None:
    many = {f"d{number}": number for number in range(VALUES_TOLD_MAX + 20)}
    lines = told(proposal(calendar=many))
    assert lines[-1] == "In the working-day calendar, 22 more places change"
    assert len(lines) == VALUES_TOLD_MAX + 1


def test_members_who_come_and_go() -> None:
    joined = with_member_joined(OLD, member(SUINING, organisations=(BANK,)), issued_at=START)
    assert told(joined) == [
        "The threshold of signatures changes from 2 to 3",
        "Suining (510900) joins at https://510900.example",
        "Suining gains key k1 (ed25519) for exchange, signing charters and agreements, "
        "witnessing, issuing credentials, from 2026-01-01T00:00:00.000Z until without end",
        "Suining lists organisations: 1",
    ]
    assert told(with_member_left(OLD, MIANYANG, issued_at=START)) == ["Mianyang (510700) leaves"]


def test_a_moved_node_and_a_replaced_key() -> None:
    moved = with_address_changed(OLD, DEYANG, "http://a:1", issued_at=START)
    assert told(moved) == [
        "The address of Deyang changes from https://510600.example to http://a:1"
    ]
    new = member_key(DEYANG, "k2", uses=("exchange",), valid_until=on_day(400))
    replaced = with_key_replaced(OLD, DEYANG, "k1", new, issued_at=START, valid_until=on_day(30))
    assert told(replaced) == [
        "The end of key k1 of Deyang changes from without end to 2026-01-31T00:00:00.000Z",
        "Deyang gains key k2 (ed25519) for exchange, from 2026-01-01T00:00:00.000Z "
        "until 2027-02-05T00:00:00.000Z",
    ]


def test_two_charters_that_differ_have_a_difference() -> None:
    every = [new for of_model in CHANGES.values() for new in of_model.values()]
    for one, other in itertools.permutations(every, 2):
        same = one.model_copy(update={"version": 2, "previous": other.previous}) == other
        assert bool(differences(one, other)) != same
