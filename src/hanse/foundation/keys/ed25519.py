"""Suite `ed25519` (RFC 8032): 32-byte keys, 64-byte signatures, and no key of small order.

OpenSSL takes any 32 bytes for a public key. Keys are looked at here, once, because with one of
small order a signature can be made that fits every message, and then it is evidence of nothing.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from hanse.foundation.identity import Randomness
from hanse.foundation.keys.suite import Signing, Suite, Verifying

P: Final = 2**255 - 19
D: Final = -121665 * pow(121666, -1, P) % P
SQRT_OF_MINUS_ONE: Final = pow(2, (P - 1) // 4, P)
COFACTOR_DOUBLINGS: Final = 3


def _point(data: bytes) -> tuple[int, int]:
    """Decode a point (RFC 8032, 5.1.3); the sign of x does not matter here."""
    y = int.from_bytes(data, "little") & (2**255 - 1)
    if y >= P:
        raise ValueError("not_canonical")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    square = u * pow(v, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * SQRT_OF_MINUS_ONE % P
    if x * x % P != square:
        raise ValueError("not_on_curve")
    return x, y


def _has_small_order(x: int, y: int) -> bool:
    """Whether eight times the point is the neutral element."""
    for _ in range(COFACTOR_DOUBLINGS):
        xx, yy = x * x, y * y
        x, y = (
            2 * x * y * pow(yy - xx, -1, P) % P,
            (yy + xx) * pow(2 - yy + xx, -1, P) % P,
        )
    return (x, y) == (0, 1)


def _draw_secret(randomness: Randomness) -> bytes:
    return randomness(32)


def _open_public(data: bytes) -> Verifying:
    if _has_small_order(*_point(data)):
        raise ValueError("small_order")
    check = Ed25519PublicKey.from_public_bytes(data).verify

    def verify(signature: bytes, message: bytes) -> bool:
        try:
            check(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


def _open_secret(secret: bytes) -> tuple[bytes, Signing]:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    return key.public_key().public_bytes_raw(), key.sign


ED25519: Final = Suite("ed25519", 32, 32, 64, _draw_secret, _open_secret, _open_public)
