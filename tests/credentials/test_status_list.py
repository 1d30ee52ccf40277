"""Status lists: the draft's own examples, signatures, ages, and what is no list."""

import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.credentials import StatusList, jws
from hanse.foundation.credentials.status_list import TYPE, read_list
from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url, from_base64url
from tests.credentials.trial import CITY, NOW, URI, Trial, key_of_suite

ONE_BIT = (1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1)
TWO_BITS = (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3)


def test_the_drafts_example_of_one_bit() -> None:
    """draft-ietf-oauth-status-list, section 4.1: bytes B9 A3."""
    listed = StatusList.of(16, dict(enumerate(ONE_BIT)), bits=1)
    assert listed.data.hex() == "b9a3"
    read = StatusList.from_value({"bits": 1, "lst": "eNrbuRgAAhcBXQ"})
    assert read == listed
    assert tuple(map(read.status, range(16))) == ONE_BIT


def test_the_drafts_example_of_two_bits() -> None:
    """draft-ietf-oauth-status-list, section 4.1: bytes C9 44 F9."""
    listed = StatusList.of(12, dict(enumerate(TWO_BITS)), bits=2)
    assert listed.data.hex() == "c944f9"
    read = StatusList.from_value({"bits": 2, "lst": "eNo76fITAAPfAgc"})
    assert tuple(map(read.status, range(12))) == TWO_BITS


@given(
    bits=st.sampled_from([1, 2, 4, 8]),
    statuses=st.lists(st.integers(0, 255), min_size=1, max_size=200),
)
def test_any_list_is_read_as_it_was_written(bits: int, statuses: list[int]) -> None:
    fitting = [one % (1 << bits) for one in statuses]
    listed = StatusList.of(len(fitting), dict(enumerate(fitting)), bits)
    again = StatusList.from_value(listed.as_dict())
    assert [again.status(index) for index in range(len(fitting))] == fitting


def test_an_entry_outside_the_list_is_a_mistake() -> None:
    for entry in ({8: 1}, {-1: 1}, {0: 4}, {0: -1}):
        with pytest.raises(ValueError, match="outside the list"):
            StatusList.of(8, entry)
    with pytest.raises(IndexError):
        StatusList.of(8, {}).status(8)


def token_of(trial: Trial, **changes: Any) -> str:
    payload = jws.read(trial.status_token(), TYPE).payload
    kept = {name: one for name, one in {**payload, **changes}.items() if one is not None}
    return jws.sign(kept, trial.issuer.key, TYPE, "c1")


def read(trial: Trial, token: str, **changes: Any) -> StatusList:
    options: dict[str, Any] = {
        "issuer": trial.issuer.name,
        "city": CITY,
        "uri": URI,
        "at": NOW,
        "key_of": trial.league.credential_key,
        **changes,
    }
    return read_list(token, **options)


def refused(token: str, **changes: Any) -> str:
    with pytest.raises(Problem) as found:
        read(Trial(), token, **changes)
    return found.value.code


def test_a_good_token_is_read() -> None:
    assert read(Trial(statuses={9: 2}), Trial(statuses={9: 2}).status_token()).status(9) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "urn:hanse:510100"}, "credential_status_wrong"),
        ({"sub": URI + "1"}, "credential_status_wrong"),
        ({"iat": "now"}, "credential_status_wrong"),
        ({"iat": int(NOW.timestamp()) + 301}, "credential_status_wrong"),
        ({"exp": int(NOW.timestamp())}, "credential_status_stale"),
        ({"exp": "never"}, "credential_status_wrong"),
        ({"exp": None, "ttl": None}, "credential_status_wrong"),
        ({"ttl": 0}, "credential_status_wrong"),
        ({"ttl": True}, "credential_status_wrong"),
        ({"status_list": None}, "credential_status_wrong"),
        ({"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}}, "credential_status_wrong"),
        ({"status_list": {"bits": 1, "lst": "!"}}, "credential_status_wrong"),
        ({"status_list": {"bits": 1, "lst": base64url(b"plain")}}, "credential_status_wrong"),
        ({"status_list": {"bits": 1, "lst": "eNrbuRg"}}, "credential_status_wrong"),
    ],
    ids=range(14),
)
def test_a_token_that_is_not_this_list(changes: dict[str, Any], code: str) -> None:
    assert refused(token_of(Trial(), **changes)) == code


def test_a_copy_is_used_for_twelve_hours_and_no_longer() -> None:
    token = Trial().status_token()
    assert read(Trial(), token, at=NOW + timedelta(hours=12, seconds=-1))
    assert refused(token, at=NOW + timedelta(hours=12)) == "credential_status_stale"


def test_a_list_that_another_city_signed() -> None:
    payload = jws.read(Trial().status_token(), TYPE).payload
    forged = jws.sign(payload, key_of_suite("ed25519", "510100"), TYPE, "c1")
    assert refused(forged) == "credential_signature_wrong"
    nameless = jws.sign(payload, Trial().issuer.key, TYPE)
    assert refused(nameless) == "credential_status_wrong"
    credential = Trial().issued().split("~")[0]
    assert refused(credential) == "credential_type_wrong"


def test_a_bomb_is_not_unpacked() -> None:
    packed = base64url(zlib.compress(bytes(50_000_000), 9))
    token = token_of(Trial(), status_list={"bits": 1, "lst": packed})
    assert len(token) < 100_000
    assert refused(token) == "credential_status_wrong"


def test_what_follows_a_list_is_refused() -> None:
    packed = from_base64url(StatusList.of(8, {}).as_dict()["lst"]) + b"more"
    token = token_of(Trial(), status_list={"bits": 2, "lst": base64url(packed)})
    assert refused(token) == "credential_status_wrong"
