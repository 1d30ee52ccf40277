"""SM2 with SM3: the standards' vectors, and two independent libraries that must agree."""

import importlib.util
import secrets
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PublicKey, from_secret, generate
from hanse.foundation.keys.sm2 import identity_digest, open_public, open_secret, sm3
from hanse.foundation.keys.sm2_arithmetic import (
    GENERATOR,
    ORDER,
    PRIME,
    Arithmetic,
    NativeArithmetic,
    PureArithmetic,
    on_curve,
    times_generator,
)

SUITE = "sm2-sm3"
NO_WHEEL = "gmssl-pyx has no wheel for this machine"

# GB/T 32918.5-2017, annex A.2: the key, the message and the signature of the worked example.
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
ZA = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
DIGEST = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


@pytest.fixture(params=["gmalg", "GmSSL"])
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    if request.param == "gmalg":
        return PureArithmetic()
    pytest.importorskip("gmssl_pyx", reason=NO_WHEEL)
    return NativeArithmetic()


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gbt_32905_annex_a(message: bytes, digest: str) -> None:
    assert sm3(message).hex() == digest


def test_identity_and_digest_of_gbt_32918_5_annex_a_2() -> None:
    assert identity_digest(as_point(PUBLIC)).hex() == ZA
    assert sm3(bytes.fromhex(ZA) + MESSAGE).hex() == DIGEST


def test_signature_of_gbt_32918_5_annex_a_2_verifies(arithmetic: Arithmetic) -> None:
    verify = open_public(PUBLIC, arithmetic)
    assert not verify(SIGNATURE, MESSAGE + b".")
    assert verify(SIGNATURE, MESSAGE)


def test_signature_of_gbt_32918_5_annex_a_2_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the example's nonce, byte for byte."""
    public, sign = open_secret(SECRET, PureArithmetic())
    monkeypatch.setattr(secrets, "randbelow", lambda bound: NONCE - 1)
    assert public == PUBLIC
    assert sign(MESSAGE) == SIGNATURE


def test_suite_uses_the_default_identity() -> None:
    assert from_secret(SUITE, SECRET).public == PublicKey(SUITE, PUBLIC)
    assert PublicKey(SUITE, PUBLIC).verify(SIGNATURE, MESSAGE)


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=40, max_size=40), st.binary(max_size=300))
def test_the_two_libraries_agree(seed: bytes, message: bytes) -> None:
    gmssl_pyx = pytest.importorskip("gmssl_pyx", reason=NO_WHEEL)
    secret = generate(SUITE, lambda count: seed).secret
    pure_public, pure_sign = open_secret(secret, PureArithmetic())
    native_public, native_sign = open_secret(secret, NativeArithmetic())
    assert pure_public == native_public
    assert open_public(pure_public, NativeArithmetic())(pure_sign(message), message)
    assert open_public(pure_public, PureArithmetic())(native_sign(message), message)
    # The library's own call for whole messages must see the same identity and digest.
    assert gmssl_pyx.sm2_verify(
        pure_public[1:], message, _der(native_sign(message)), b"1234567812345678"
    )


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def test_gmalg_reads_our_signature_through_its_own_interface() -> None:
    gmalg = pytest.importorskip("gmalg")
    outside = gmalg.SM2(None, b"1234567812345678", PUBLIC)
    raw = from_secret(SUITE, SECRET).sign(b"text")
    assert not outside.verify(b"other", raw[:32], raw[32:])
    assert outside.verify(b"text", raw[:32], raw[32:])


def test_r_and_s_at_the_edges_do_not_verify(arithmetic: Arithmetic) -> None:
    verify = open_public(PUBLIC, arithmetic)
    for r, s in [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER - 1), (ORDER - 1, 1), (1, 1)]:
        assert not verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), MESSAGE)
    for garbage in (b"", SIGNATURE[:-1], SIGNATURE + b"\0", b"\xff" * 64):
        assert not verify(garbage, MESSAGE)


def as_point(public: bytes) -> tuple[int, int]:
    return int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")


def test_s_past_the_order_is_no_second_form_of_a_signature(
    arithmetic: Arithmetic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest is made to fit an s so small that s + n still has 32 bytes."""
    s, t = 5, 12345
    r = t - s
    x, _ = times_generator(s + t * int.from_bytes(SECRET, "big"))
    digest = ((r - x) % ORDER).to_bytes(32, "big")
    verify = open_public(PUBLIC, arithmetic)
    monkeypatch.setattr("hanse.foundation.keys.sm2.sm3", lambda data: digest)
    assert verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), MESSAGE)
    assert not verify(r.to_bytes(32, "big") + (s + ORDER).to_bytes(32, "big"), MESSAGE)


def test_r_and_s_that_sum_to_zero_do_not_verify(arithmetic: Arithmetic) -> None:
    """GB/T 32918.2, 7.1: t = 0 is refused, whatever a ladder makes of zero times a point."""
    s = 5
    r = ORDER - s
    for number in (s, s + int.from_bytes(SECRET, "big")):
        digest = ((r - times_generator(number)[0]) % ORDER).to_bytes(32, "big")
        assert not arithmetic.verify(as_point(PUBLIC), digest, r, s)


def test_sum_of_points_at_infinity_does_not_verify(arithmetic: Arithmetic) -> None:
    """s and t chosen by the key's owner so that s*G + t*P is the neutral element."""
    number = int.from_bytes(SECRET, "big")
    t = 12345
    s = -t * number % ORDER
    r = (t - s) % ORDER
    assert not arithmetic.verify(times_generator(number), bytes(32), r, s)


@pytest.mark.parametrize("wanted_r", ["zero", "minus k", "k over d"])
def test_nonce_that_would_give_the_key_away_is_drawn_again(
    wanted_r: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GB/T 32918.2, 6.1: r = 0, r + k = n and s = 0 each call for another nonce."""
    number = int.from_bytes(SECRET, "big")
    x, _ = times_generator(NONCE)
    r = {"zero": 0, "minus k": -NONCE, "k over d": NONCE * pow(number, -1, ORDER)}[wanted_r]
    digest = ((r - x) % ORDER).to_bytes(32, "big")
    nonces = [NONCE - 1, 41]
    monkeypatch.setattr(secrets, "randbelow", lambda bound: nonces.pop(0))
    found = PureArithmetic().sign(number, digest)
    assert nonces == []
    assert PureArithmetic().verify(as_point(PUBLIC), digest, *found)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x02" + PUBLIC[1:], "not_uncompressed"),
        (PUBLIC[:-1] + b"\x14", "not_on_curve"),
        (b"\x04" + bytes(64), "not_on_curve"),
        (PUBLIC[1:], "wrong_length"),
    ],
)
def test_malformed_point_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Problem) as refused:
        PublicKey(SUITE, data)
    assert refused.value.code == "key_invalid"
    assert refused.value.values["reason"] == reason


def test_coordinate_that_is_not_reduced_is_refused() -> None:
    x, y = GENERATOR
    assert on_curve((x, y))
    assert not on_curve((x + PRIME, y))
    assert not on_curve((x, y + PRIME))


@pytest.mark.parametrize("secret", [0, ORDER - 1, ORDER, 2**256 - 1])
def test_secret_outside_one_to_n_minus_two_is_refused(secret: int) -> None:
    with pytest.raises(Problem) as refused:
        from_secret(SUITE, secret.to_bytes(32, "big"))
    assert refused.value.values["reason"] == "secret_out_of_range"


@pytest.mark.parametrize("secret", [1, 2, ORDER - 2])
def test_secret_at_the_edge_signs(secret: int, arithmetic: Arithmetic) -> None:
    public, sign = open_secret(secret.to_bytes(32, "big"), arithmetic)
    assert open_public(public, arithmetic)(sign(b"text"), b"text")


def test_generation_follows_the_randomness() -> None:
    first = generate(SUITE, seeded_randomness("sm2"))
    assert generate(SUITE, seeded_randomness("sm2")).public == first.public
    assert generate(SUITE, seeded_randomness("other")).public != first.public


def test_masked_multiplication_is_plain_multiplication() -> None:
    assert times_generator(1) == GENERATOR
    twice = times_generator(2)
    assert twice == times_generator(2) != GENERATOR
    assert on_curve(twice)
    x, y = times_generator(ORDER - 1)
    assert (x, PRIME - y) == GENERATOR


def test_machine_without_gmssl_falls_back_to_gmalg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    spec = importlib.util.find_spec("hanse.foundation.keys.sm2_arithmetic")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert isinstance(module.ARITHMETIC, module.PureArithmetic)
