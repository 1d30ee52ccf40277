"""Suite `ecdsa-p256-sha256` (RFC 9421, 3.3.4): uncompressed points, signatures r||s.

Signing is deterministic (RFC 6979), so that no weak source of randomness can give the key away.
ECDSA lets anyone turn (r, s) into (r, n - s): a signature is proof, never an identifier.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hanse.foundation.identity import Randomness
from hanse.foundation.keys.raw_signature import from_der, join_raw, split_raw, to_der
from hanse.foundation.keys.suite import Signing, Suite, Verifying, draw_scalar, scalar

ORDER: Final = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
SIGNING: Final = ECDSA(SHA256(), deterministic_signing=True)
VERIFYING: Final = ECDSA(SHA256())


def _draw_secret(randomness: Randomness) -> bytes:
    return draw_scalar(randomness, ORDER)


def _open_public(data: bytes) -> Verifying:
    if data[0] != 4:
        raise ValueError("not_uncompressed")
    try:
        check = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), data).verify
    except ValueError:
        raise ValueError("not_on_curve") from None

    def verify(signature: bytes, message: bytes) -> bool:
        numbers = split_raw(signature)
        if numbers is None:
            return False
        try:
            check(to_der(*numbers), message, VERIFYING)
        except InvalidSignature:
            return False
        return True

    return verify


def _open_secret(secret: bytes) -> tuple[bytes, Signing]:
    key = derive_private_key(scalar(secret, ORDER), SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(message: bytes) -> bytes:
        return join_raw(*from_der(key.sign(message, SIGNING)))

    return public, sign


P256: Final = Suite("ecdsa-p256-sha256", 32, 65, 64, _draw_secret, _open_secret, _open_public)
