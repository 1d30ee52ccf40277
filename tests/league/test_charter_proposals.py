"""Proposals of the next version, and what is changed along with what was asked for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import (
    CHENGDU,
    CITIES,
    DEYANG,
    MIANYANG,
    START,
    SUINING,
    UNHURRIED,
    founded,
    founding,
    member,
    member_key,
    on_day,
    refused,
    signed_by,
)

from hanse.mechanisms.league.charter import KeyUse
from hanse.mechanisms.league.charter_changes import accept
from hanse.mechanisms.league.charter_proposals import (
    next_version,
    with_address_changed,
    with_key_added,
    with_key_replaced,
    with_key_retired,
    with_member_joined,
    with_member_left,
    with_validity,
)

FIRST = founding((CHENGDU, DEYANG, MIANYANG))
NOW = on_day(1)


def test_the_next_version_follows_and_keeps_the_rest() -> None:
    second = next_version(FIRST, issued_at=NOW)
    assert (second.version, second.previous) == (2, FIRST.digest)
    assert (second.issued_at, second.valid_from, second.valid_until) == (NOW, NOW, on_day(1000))
    kept = {"version", "previous", "issued_at", "valid_from"}
    for name in type(FIRST).model_fields.keys() - kept:
        assert getattr(second, name) == getattr(FIRST, name)
    assert next_version(second, issued_at=on_day(2)).version == 3
    assert FIRST.version == 1


def test_a_league_is_prolonged() -> None:
    longer = with_validity(FIRST, issued_at=on_day(2000), valid_until=on_day(3000))
    assert longer.in_force(on_day(2500))
    with refused("charter_rules_broken"):
        next_version(FIRST, issued_at=on_day(2000))


def test_a_proposal_with_an_unknown_field_is_refused() -> None:
    with refused("document_invalid"):
        next_version(FIRST, issued_at=NOW, operator="510100")


@pytest.mark.parametrize(
    ("members", "threshold", "after"),
    [(1, 1, 2), (2, 2, 2), (3, 2, 3), (3, 3, 3), (5, 5, 5), (7, 4, 5)],
)
def test_a_joining_city_keeps_the_threshold_a_majority(
    members: int, threshold: int, after: int
) -> None:
    charter = founding(CITIES[:members], threshold=threshold, witness_quorum=0)
    joined = with_member_joined(charter, member(CITIES[members]), issued_at=NOW)
    assert joined.threshold == after
    assert list(joined.cities) == list(CITIES[: members + 1])
    stricter = with_member_joined(
        charter, member(CITIES[members]), issued_at=NOW, threshold=members + 1
    )
    assert stricter.threshold == members + 1


def test_a_member_does_not_join_twice() -> None:
    with refused("charter_member_twice", city=DEYANG):
        with_member_joined(FIRST, member(DEYANG), issued_at=NOW)


def test_a_joining_city_brings_no_one_s_key() -> None:
    stolen = member(SUINING, *FIRST.member(DEYANG).keys)
    with refused("charter_key_shared"):
        with_member_joined(FIRST, stolen, issued_at=NOW)


@pytest.mark.parametrize(
    ("members", "threshold", "quorum", "after"),
    [(8, 8, 7, (7, 6)), (8, 5, 4, (5, 4)), (3, 2, 2, (2, 1)), (2, 2, 1, (1, 0))],
)
def test_a_leaving_city_keeps_threshold_and_witnesses_possible(
    members: int, threshold: int, quorum: int, after: tuple[int, int]
) -> None:
    charter = founding(CITIES[:members], threshold=threshold, witness_quorum=quorum)
    left = with_member_left(charter, CHENGDU, issued_at=NOW)
    assert (left.threshold, left.witness_quorum) == after
    assert CHENGDU not in left.cities


def test_the_last_city_does_not_leave() -> None:
    with refused("document_invalid"):
        with_member_left(founding((CHENGDU,)), CHENGDU, issued_at=NOW)


def test_only_members_leave_or_change() -> None:
    with refused("city_not_member", city=SUINING):
        with_member_left(FIRST, SUINING, issued_at=NOW)
    with refused("city_not_member"):
        with_address_changed(FIRST, SUINING, "https://a.example", issued_at=NOW)
    with refused("city_not_member"):
        with_key_added(FIRST, SUINING, member_key(SUINING), issued_at=NOW)
    with refused("city_not_member"):
        with_key_retired(FIRST, SUINING, "k1", issued_at=NOW)


def test_an_address_changes() -> None:
    moved = with_address_changed(FIRST, DEYANG, "http://10.0.0.2:8700", issued_at=NOW)
    assert moved.member(DEYANG).address == "http://10.0.0.2:8700"
    assert moved.member(CHENGDU) == FIRST.member(CHENGDU)
    with refused("document_invalid"):
        with_address_changed(FIRST, DEYANG, "10.0.0.2", issued_at=NOW)


def test_a_key_is_added_once() -> None:
    added = with_key_added(FIRST, DEYANG, member_key(DEYANG, "k2"), issued_at=NOW)
    assert [key.id for key in added.member(DEYANG).keys] == ["k1", "k2"]
    with refused("document_invalid"):
        with_key_added(FIRST, DEYANG, member_key(DEYANG, "k1"), issued_at=NOW)


def test_a_retired_key_stays_listed_with_its_end() -> None:
    """Evidence of the time before still finds it."""
    retired = with_key_retired(FIRST, DEYANG, "k1", issued_at=NOW)
    assert retired.key(DEYANG, "k1", START, KeyUse.EXCHANGE)
    with refused("charter_key_not_valid"):
        retired.key(DEYANG, "k1", NOW, KeyUse.EXCHANGE)
    with refused("charter_key_unknown"):
        with_key_retired(FIRST, DEYANG, "k2", issued_at=NOW)


def test_a_retirement_never_prolongs_a_key() -> None:
    ended = with_key_retired(FIRST, DEYANG, "k1", issued_at=NOW)
    again = with_key_retired(ended, DEYANG, "k1", issued_at=NOW, valid_until=on_day(5))
    assert again.member(DEYANG).keys == ended.member(DEYANG).keys


def test_a_key_that_was_never_valid_is_left_out() -> None:
    later = member_key(DEYANG, "k2", valid_from=on_day(50))
    added = with_key_added(FIRST, DEYANG, later, issued_at=NOW)
    dropped = with_key_retired(added, DEYANG, "k2", issued_at=on_day(2))
    assert [key.id for key in dropped.member(DEYANG).keys] == ["k1"]


def test_the_last_keys_for_charters_are_not_retired() -> None:
    without_one = with_key_retired(FIRST, DEYANG, "k1", issued_at=NOW)
    with refused("charter_rules_broken"):
        with_key_retired(without_one, CHENGDU, "k1", issued_at=on_day(2))


def test_keys_overlap_while_one_replaces_the_other() -> None:
    new = member_key(DEYANG, "k2", valid_from=on_day(3))
    replaced = with_key_replaced(FIRST, DEYANG, "k1", new, issued_at=NOW, valid_until=on_day(5))
    valid = {
        day: [key.id for key in replaced.member(DEYANG).keys if key.is_valid(on_day(day))]
        for day in (2, 3, 4.9, 5)
    }
    assert valid == {2: ["k1"], 3: ["k1", "k2"], 4.9: ["k1", "k2"], 5: ["k2"]}


@UNHURRIED
@given(st.lists(st.sampled_from(CITIES[1:]), max_size=12))
def test_any_sequence_of_joining_and_leaving_is_acceptable(cities: list[str]) -> None:
    """Each step is signed by all there are, and each of its charters keeps the rules."""
    held = founded(founding((CHENGDU,)))
    for number, city in enumerate(cities, 1):
        now = START + timedelta(days=number)
        if city in held.document.cities:
            proposed = with_member_left(held.document, city, issued_at=now)
        else:
            proposed = with_member_joined(held.document, member(city), issued_at=now)
        everybody = dict.fromkeys((*held.document.cities, *proposed.cities))
        signed = signed_by(proposed, *everybody)
        assert accept(held, signed, now, None) is proposed
        held = signed
