"""What a charter may not say, whoever signs it; and looking members and keys up in it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.league.leagues import (
    CHENGDU,
    CITIES,
    DAY,
    DEYANG,
    MIANYANG,
    START,
    ZIYANG,
    founding,
    member,
    member_key,
    on_day,
    private_key,
    refused,
)

from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import USE_TITLES, KeyUse
from hanse.mechanisms.league.document_types import VALUE_ITEMS_MAX

TINY = timedelta(milliseconds=1)


def test_the_league_of_eight_is_accepted() -> None:
    charter = founding()
    assert list(charter.cities) == list(CITIES)
    assert (charter.threshold, charter.witness_quorum) == (5, 4)


@pytest.mark.parametrize(
    ("members", "changes", "reason"),
    [
        (8, {"threshold": 4}, "the threshold is more than half of the members"),
        (8, {"threshold": 9}, "not more than all"),
        (3, {"threshold": 1}, "the threshold is more than half of the members"),
        (8, {"witness_quorum": 8}, "more witnesses are needed"),
        (1, {"witness_quorum": 1}, "more witnesses are needed"),
        (2, {"valid_from": START - DAY}, "in this order"),
        (2, {"valid_until": START}, "in this order"),
        (2, {"previous": "sha-256:" + "0" * 64}, "only version 1 has no previous version"),
        (2, {"version": 2}, "only version 1 has no previous version"),
    ],
)
def test_a_charter_that_contradicts_itself_is_refused(
    members: int, changes: dict[str, Any], reason: str
) -> None:
    founding(CITIES[:members])
    with refused("charter_rules_broken") as caught:
        founding(CITIES[:members], **changes)
    assert reason in caught.value.detail.en


@pytest.mark.parametrize(
    ("members", "thresholds"), [(1, {1}), (2, {2}), (3, {2, 3}), (4, {3, 4}), (8, {5, 6, 7, 8})]
)
def test_the_threshold_is_a_majority(members: int, thresholds: set[int]) -> None:
    for threshold in range(1, 10):
        if threshold in thresholds:
            assert founding(CITIES[:members], threshold=threshold).threshold == threshold
        else:
            with refused("charter_rules_broken"):
                founding(CITIES[:members], threshold=threshold)


def test_a_city_stands_once() -> None:
    twice = (member(CHENGDU), member(DEYANG), member(CHENGDU, member_key(CHENGDU, "k2")))
    with refused("charter_rules_broken"):
        founding(members=twice, threshold=2, witness_quorum=1)


def test_a_public_key_is_never_of_two_cities() -> None:
    stolen = member_key(DEYANG, **private_key(CHENGDU).public.as_dict())
    with refused("charter_key_shared", first=f"{CHENGDU}/k1", second=f"{DEYANG}/k1"):
        founding(members=(member(CHENGDU), member(DEYANG, stolen)), threshold=2, witness_quorum=1)


def test_a_public_key_never_has_two_ids() -> None:
    again = member_key(CHENGDU, "k2", **private_key(CHENGDU).public.as_dict())
    with refused("charter_key_shared", first=f"{CHENGDU}/k1", second=f"{CHENGDU}/k2"):
        founding((CHENGDU,), members=(member(CHENGDU, member_key(CHENGDU), again),))


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": (KeyUse.EXCHANGE, KeyUse.WITNESS)},
        {"valid_from": START + TINY},
        {"valid_from": START - DAY, "valid_until": START},
    ],
)
def test_enough_members_can_sign_the_next_charter(changes: dict[str, Any]) -> None:
    """Or no version could ever follow. One city without a key does not stop a league of three."""
    idle = [member(city, member_key(city, **changes)) for city in (CHENGDU, DEYANG)]
    able = [member(city) for city in (MIANYANG, ZIYANG)]
    founding(members=(idle[0], *able), threshold=2, witness_quorum=1)
    with refused("charter_rules_broken") as caught:
        founding(members=(*idle, able[0]), threshold=2, witness_quorum=1)
    assert "fewer members have a key" in caught.value.detail.en


@pytest.mark.parametrize(
    "address",
    [
        "https://hanse.chengdu.example",
        "http://10.0.0.1:8700",
        "http://[2001:db8::1]:8700",
        "https://localhost:8443",
        "http://a:443",
    ],
)
def test_addresses_are_web_origins(address: str) -> None:
    assert member(CHENGDU, address=address).address == address


def test_a_member_is_looked_up() -> None:
    charter = founding(CITIES[:2])
    assert charter.member(DEYANG) is charter.members[1]
    for unknown in (MIANYANG, "", "a long text that is no city"):
        with refused("city_not_member", city=unknown[:6], members=f"{CHENGDU}, {DEYANG}"):
            charter.member(unknown)


def test_a_key_is_looked_up_for_its_use_and_time() -> None:
    key = member_key(
        CHENGDU, "k2", uses=("witness",), valid_from=on_day(10), valid_until=on_day(20)
    )
    charter = founding((CHENGDU,), members=(member(CHENGDU, member_key(CHENGDU), key),))
    for day in (10.0, 15.0, 19.99):
        assert charter.key(CHENGDU, "k2", on_day(day), KeyUse.WITNESS) == key
    for day in (9.99, 20.0, 1000.0):
        with refused("charter_key_not_valid", city=CHENGDU, key="k2"):
            charter.key(CHENGDU, "k2", on_day(day), KeyUse.WITNESS)
    with refused("charter_key_use_wrong", use="charter"):
        charter.key(CHENGDU, "k2", on_day(15), KeyUse.CHARTER)
    with refused("charter_key_unknown", key="k3"):
        charter.key(CHENGDU, "k3", on_day(15), KeyUse.WITNESS)
    with refused("city_not_member"):
        charter.key(DEYANG, "k1", on_day(15), KeyUse.WITNESS)
    assert charter.key(CHENGDU, "k1", on_day(10**4), KeyUse.CHARTER).public_key == (
        private_key(CHENGDU).public
    )


def test_a_key_without_end_that_is_not_valid_yet_says_so() -> None:
    later = member_key(CHENGDU, "k2", valid_from=on_day(5))
    charter = founding((CHENGDU,), members=(member(CHENGDU, member_key(CHENGDU), later),))
    with refused("charter_key_not_valid", valid_until="-"):
        charter.key(CHENGDU, "k2", START, KeyUse.CHARTER)


def test_in_force_from_its_begin_to_before_its_end() -> None:
    charter = founding(valid_from=on_day(1), valid_until=on_day(2))
    held = [charter.in_force(on_day(day)) for day in (0.99, 1.0, 1.99, 2.0)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    "values",
    [
        {"a": 1.5},
        {"a": None},
        {"a": [None]},
        {"a": (1, 2)},
        {"a": {1: 2}},
        {"a": 2**53},
        {"a": -(2**53)},
        {"a": START},
        {"a\u202e": 1},
        {"a": "b\u200b"},
        {"a": [0] * VALUE_ITEMS_MAX},
        {"a": [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]},
    ],
)
def test_calendar_and_settlement_hold_plain_values_only(values: dict[str, Any]) -> None:
    for name in ("calendar", "settlement"):
        with pytest.raises(ValidationError):
            founding(**{name: values})


@pytest.mark.parametrize(
    "values",
    [
        {"a": 2**53 - 1, "b": 1 - 2**53, "c": True, "d": "文字", "e": [], "f": {}},
        {"a": [0] * (VALUE_ITEMS_MAX - 2)},
        {"a": [[[[[[[[[[[[[[[]]]]]]]]]]]]]]]},
    ],
)
def test_plain_values_up_to_the_limits_are_kept(values: dict[str, Any]) -> None:
    assert founding(calendar=values).calendar == values


def test_every_use_has_a_title() -> None:
    assert {*USE_TITLES} == {*KeyUse}


def test_organisations_are_of_their_city() -> None:
    """The same id in two cities names two organisations."""
    listed = ({"id": "H1", "name": Text("第一医院", "First Hospital")},)
    members = tuple(member(city, organisations=listed) for city in (CHENGDU, DEYANG))
    charter = founding(CITIES[:2], members=members)
    assert charter.member(CHENGDU).organisations == charter.member(DEYANG).organisations
