"""Suite `ml-dsa-44` (FIPS 204), for the day on which elliptic curves no longer hold.

Encodings follow C2SP httpsig-pq 1.0.0: the secret is the 32-byte seed, the context is empty,
nothing is hashed beforehand, signing is hedged. A signature has 2,420 bytes.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from hanse.foundation.identity import Randomness
from hanse.foundation.keys.suite import Signing, Suite, Verifying


def _draw_secret(randomness: Randomness) -> bytes:
    return randomness(32)


def _open_public(data: bytes) -> Verifying:
    check = MLDSA44PublicKey.from_public_bytes(data).verify

    def verify(signature: bytes, message: bytes) -> bool:
        try:
            check(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


def _open_secret(secret: bytes) -> tuple[bytes, Signing]:
    key = MLDSA44PrivateKey.from_seed_bytes(secret)
    return key.public_key().public_bytes_raw(), key.sign


ML_DSA_44: Final = Suite("ml-dsa-44", 32, 1312, 2420, _draw_secret, _open_secret, _open_public)
