"""What holds for keys of every suite."""

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url, seeded_randomness
from hanse.foundation.keys import SUITES, PrivateKey, PublicKey, from_secret, generate

KEYS = {name: generate(name, seeded_randomness(name)) for name in SUITES}


@pytest.fixture(params=sorted(SUITES))
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return KEYS[request.param]


def test_the_suites_of_the_charter() -> None:
    assert set(SUITES) == {"ed25519", "ecdsa-p256-sha256", "sm2-sm3", "ml-dsa-44"}


def test_signature_is_for_its_message_and_key_alone(key: PrivateKey) -> None:
    signature = key.sign(b"text")
    assert len(signature) == SUITES[key.suite].signature_bytes
    assert not key.public.verify(signature, b"text.")
    assert not generate(key.suite, seeded_randomness("other")).public.verify(signature, b"text")
    assert key.public.verify(signature, b"text")


def test_every_flipped_bit_breaks_the_signature(key: PrivateKey) -> None:
    signature = key.sign(b"text")
    for at in range(0, len(signature), max(1, len(signature) // 16)):
        for bit in (0x01, 0x80):
            flipped = signature[:at] + bytes([signature[at] ^ bit]) + signature[at + 1 :]
            assert not key.public.verify(flipped, b"text")


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(SUITES)), garbage=st.binary(max_size=80))
def test_garbage_is_no_signature_and_no_error(name: str, garbage: bytes) -> None:
    assert KEYS[name].public.verify(garbage, b"text") is False


def test_signature_of_the_right_length_but_empty_is_none(key: PrivateKey) -> None:
    assert not key.public.verify(bytes(SUITES[key.suite].signature_bytes), b"text")


def test_empty_and_long_messages(key: PrivateKey) -> None:
    for message in (b"", bytes(100_000)):
        assert key.public.verify(key.sign(message), message)


def test_generation_follows_the_randomness_alone(key: PrivateKey) -> None:
    again = generate(key.suite, seeded_randomness(key.suite))
    assert (again.secret, again.public) == (key.secret, key.public)
    assert generate(key.suite).public != generate(key.suite).public


def test_secret_gives_the_key_back(key: PrivateKey) -> None:
    again = from_secret(key.suite, key.secret)
    assert again.public == key.public
    assert key.public.verify(again.sign(b"text"), b"text")


def test_public_key_goes_over_the_wire(key: PrivateKey) -> None:
    values = key.public.as_dict()
    assert values == {"suite": key.suite, "public": base64url(key.public.data)}
    again = PublicKey.from_dict(values)
    assert again == key.public
    assert hash(again) == hash(key.public)
    assert again.verify(key.sign(b"text"), b"text")


def test_public_key_is_copied_and_pickled_by_its_bytes(key: PrivateKey) -> None:
    for again in (copy.deepcopy(key.public), pickle.loads(pickle.dumps(key.public))):  # noqa: S301
        assert again == key.public
        assert again.verify(key.sign(b"text"), b"text")


def test_private_key_hides_its_secret(key: PrivateKey) -> None:
    for shown in (repr(key), str(key), f"{key}"):
        assert repr(key.secret) not in shown
        assert key.secret.hex() not in shown
        assert key.suite in shown
    with pytest.raises(TypeError, match="keystore"):
        pickle.dumps(key)


def test_keys_cannot_be_changed(key: PrivateKey) -> None:
    with pytest.raises(AttributeError):
        key.public.data = b""  # type: ignore[misc]
    with pytest.raises(AttributeError):
        key.secret = b""  # type: ignore[misc]


def test_key_of_one_suite_does_not_pass_for_another() -> None:
    for name, other in [("ecdsa-p256-sha256", "sm2-sm3"), ("sm2-sm3", "ecdsa-p256-sha256")]:
        with pytest.raises(Problem) as refused:
            PublicKey(other, KEYS[name].public.data)
        assert refused.value.code == "key_invalid"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_secret_of_another_length_is_refused(key: PrivateKey, length: int) -> None:
    with pytest.raises(Problem) as refused:
        from_secret(key.suite, bytes(length))
    assert refused.value.values["reason"] == "wrong_length"


@pytest.mark.parametrize("name", ["rsa-pss-sha512", "", "Ed25519", "x" * 10_000])
def test_unknown_suite_is_refused_with_the_known_ones(name: str) -> None:
    for attempt in (
        lambda: generate(name),
        lambda: from_secret(name, bytes(32)),
        lambda: PublicKey(name, bytes(32)),
        lambda: PublicKey.from_dict({"suite": name, "public": "AA"}),
    ):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "key_suite_unknown"
        assert "sm2-sm3" in refused.value.hint.zh
        assert len(refused.value.detail.en) < 200


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "suite_missing"),
        ({"suite": 1, "public": "AA"}, "suite_missing"),
        ({"suite": "ed25519"}, "public_missing"),
        ({"suite": "ed25519", "public": None}, "public_missing"),
        ({"suite": "ed25519", "public": "A" * 5000}, "public_missing"),
        ({"suite": "ed25519", "public": "AA=="}, "not_base64url"),
        ({"suite": "ed25519", "public": "+/+/"}, "not_base64url"),
        ({"suite": "ed25519", "public": "密钥"}, "not_base64url"),
        ({"suite": "ed25519", "public": "AA"}, "wrong_length"),
    ],
)
def test_broken_wire_form_is_refused(values: dict[str, object], reason: str) -> None:
    with pytest.raises(Problem) as refused:
        PublicKey.from_dict(values)
    assert refused.value.code == "key_invalid"
    assert refused.value.values["reason"] == reason
