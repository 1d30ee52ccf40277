"""Suite `sm2-sm3` (GB/T 32918.2-2016 with SM3), where the law requires national cryptography.

Public keys are points 04||x||y, signatures r||s. What is signed is e = SM3(ZA || M), where ZA
binds the signer's identity, the curve and the key (GB/T 32918.2-2016, 5.5). The identity is the
default of GM/T 0009-2012, as everywhere that knows no other.
"""

from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

from hanse.foundation.identity import Randomness
from hanse.foundation.keys.raw_signature import join_raw, split_raw
from hanse.foundation.keys.sm2_arithmetic import (
    ARITHMETIC,
    GENERATOR,
    ORDER,
    A,
    Arithmetic,
    B,
    Point,
    on_curve,
    times_generator,
)
from hanse.foundation.keys.suite import Signing, Suite, Verifying, draw_scalar, scalar

DEFAULT_IDENTITY: Final = b"1234567812345678"


def sm3(data: bytes) -> bytes:
    """The SM3 digest of GB/T 32905-2016, 32 bytes."""
    state = Hash(SM3())
    state.update(data)
    return state.finalize()


def identity_digest(point: Point, identity: bytes = DEFAULT_IDENTITY) -> bytes:
    """ZA, the digest of the signer's identity, the curve and the public key."""
    length_bits = (len(identity) * 8).to_bytes(2, "big")
    numbers = b"".join(number.to_bytes(32, "big") for number in (A, B, *GENERATOR, *point))
    return sm3(length_bits + identity + numbers)


def open_public(data: bytes, arithmetic: Arithmetic = ARITHMETIC) -> Verifying:
    """The verifying function of a point 04||x||y; ValueError where it is no public key."""
    point = int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")
    if data[0] != 4:
        raise ValueError("not_uncompressed")
    if not on_curve(point):
        raise ValueError("not_on_curve")
    prefix = identity_digest(point)

    def verify(signature: bytes, message: bytes) -> bool:
        numbers = split_raw(signature)
        if numbers is None or not all(0 < number < ORDER for number in numbers):
            return False
        return arithmetic.verify(point, sm3(prefix + message), *numbers)

    return verify


def open_secret(secret: bytes, arithmetic: Arithmetic = ARITHMETIC) -> tuple[bytes, Signing]:
    """The public key of a secret of 32 bytes, 1 to n - 2, and its signing function."""
    number = scalar(secret, ORDER - 1)
    point = times_generator(number)
    prefix = identity_digest(point)

    def sign(message: bytes) -> bytes:
        return join_raw(*arithmetic.sign(number, sm3(prefix + message)))

    return b"\x04" + join_raw(*point), sign


def _draw_secret(randomness: Randomness) -> bytes:
    return draw_scalar(randomness, ORDER - 1)


SM2: Final = Suite("sm2-sm3", 32, 65, 64, _draw_secret, open_secret, open_public)
