"""Ed25519 keys: the RFC's own vector, and keys under which evidence would be worthless."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.keys import PublicKey, from_secret, generate

# RFC 8032, 7.1, TEST 1 and TEST 2.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]

P = 2**255 - 19
# The y of the points whose order divides eight: of order 1, 2, 4 and, the last two, 8.
Y_OF_ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER_YS = [1, P - 1, 0, Y_OF_ORDER_EIGHT, P - Y_OF_ORDER_EIGHT]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_rfc_8032_section_7_1(secret: str, public: str, message: str, signature: str) -> None:
    key = from_secret("ed25519", bytes.fromhex(secret))
    assert key.public.data.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    assert PublicKey("ed25519", bytes.fromhex(public)).verify(
        bytes.fromhex(signature), bytes.fromhex(message)
    )


@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
@pytest.mark.parametrize("y", SMALL_ORDER_YS)
def test_key_of_small_order_is_refused(y: int, sign_bit: int) -> None:
    with pytest.raises(Problem) as refused:
        PublicKey("ed25519", (y | sign_bit).to_bytes(32, "little"))
    assert refused.value.code == "key_invalid"
    assert refused.value.values["reason"] == "small_order"


def test_a_key_of_small_order_would_verify_what_nobody_signed() -> None:
    """Why they are refused: the library below accepts the neutral element as a key."""
    neutral = (1).to_bytes(32, "little")
    forged = neutral + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(forged, b"pay a million")


@pytest.mark.parametrize("y", [P, P + 1, 2**255 - 1])
def test_coordinate_that_is_not_reduced_is_refused(y: int) -> None:
    with pytest.raises(Problem) as refused:
        PublicKey("ed25519", y.to_bytes(32, "little"))
    assert refused.value.values["reason"] == "not_canonical"


def test_bytes_that_are_no_point_are_refused() -> None:
    with pytest.raises(Problem) as refused:
        PublicKey("ed25519", (2).to_bytes(32, "little"))
    assert refused.value.values["reason"] == "not_on_curve"


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_accepted(secret: bytes) -> None:
    key = from_secret("ed25519", secret)
    assert key.public == PublicKey("ed25519", key.public.data)


def test_generation_follows_the_randomness() -> None:
    assert generate("ed25519", lambda count: bytes(count)).secret == bytes(32)
