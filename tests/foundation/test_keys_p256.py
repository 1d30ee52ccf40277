"""ECDSA P-256 keys in the encodings of RFC 9421."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PublicKey, from_secret, generate
from hanse.foundation.keys.p256 import ORDER

SUITE = "ecdsa-p256-sha256"


def test_rfc_6979_appendix_a_2_5() -> None:
    """The RFC's key and signature for P-256 with SHA-256 over "sample"."""
    secret = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
    signature = (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
    key = from_secret(SUITE, bytes.fromhex(secret))
    assert key.sign(b"sample") == bytes.fromhex(signature)
    assert key.public.verify(bytes.fromhex(signature), b"sample")
    assert not key.public.verify(bytes.fromhex(signature), b"simple")


def test_public_key_is_an_uncompressed_point_that_the_library_reads() -> None:
    key = generate(SUITE, seeded_randomness("p256"))
    assert len(key.public.data) == 65
    outside = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public.data)
    raw = key.sign(b"text")
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    outside.verify(der, b"text", ec.ECDSA(SHA256()))


def test_short_r_and_s_keep_their_leading_zeros() -> None:
    key = generate(SUITE, seeded_randomness("p256"))
    signatures = [key.sign(b"%d" % number) for number in range(600)]
    assert any(signature[0] == 0 or signature[32] == 0 for signature in signatures)
    assert {len(signature) for signature in signatures} == {64}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"\x02" + data[1:], "not_uncompressed"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "not_on_curve"),
        (lambda data: b"\x04" + bytes(64), "not_on_curve"),
        (lambda data: b"\x04" + b"\xff" * 64, "not_on_curve"),
        (lambda data: data[:33], "wrong_length"),
    ],
)
def test_malformed_point_is_refused(change: Callable[[bytes], bytes], reason: str) -> None:
    data = generate(SUITE, seeded_randomness("p256")).public.data
    with pytest.raises(Problem) as refused:
        PublicKey(SUITE, change(data))
    assert refused.value.code == "key_invalid"
    assert refused.value.values["reason"] == reason


@pytest.mark.parametrize("secret", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_secret_outside_the_group_is_refused(secret: int) -> None:
    with pytest.raises(Problem) as refused:
        from_secret(SUITE, secret.to_bytes(32, "big"))
    assert refused.value.values["reason"] == "secret_out_of_range"


@pytest.mark.parametrize("secret", [1, ORDER - 1])
def test_secret_at_the_edge_is_accepted(secret: int) -> None:
    key = from_secret(SUITE, secret.to_bytes(32, "big"))
    assert key.public.verify(key.sign(b"text"), b"text")
