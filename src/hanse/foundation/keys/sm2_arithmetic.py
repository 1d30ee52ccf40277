"""SM2 on a digest, by two libraries: GmSSL where its wheel is installed, otherwise gmalg.

`gmssl-pyx` wraps GmSSL in C; it has wheels for x86-64 only. `gmalg` is pure Python and runs
everywhere, some fifty times slower. Both are used below the level of messages, because there
each has a trap: GmSSL's message API draws 32 nonces for every signature, and gmalg's cuts
leading zeros off r and s and shares one hash object between threads.
"""

import secrets
from typing import Final, Protocol

from gmalg.ellipticcurve import ECDLP

from hanse.foundation.keys.raw_signature import from_der, join_raw, to_der

try:
    import gmssl_pyx
except ImportError:  # no wheel for this machine
    gmssl_pyx = None

# The curve of GB/T 32918.5-2017.
PRIME: Final = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
A: Final = PRIME - 3
B: Final = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
GENERATOR: Final = (
    0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
    0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
)
ORDER: Final = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123

Point = tuple[int, int]

_GROUP = ECDLP(PRIME, A, B, GENERATOR, ORDER)


class Arithmetic(Protocol):
    """Signing and verifying a 32-byte digest. `r` and `s` are checked to be 1 to n - 1."""

    def sign(self, secret: int, digest: bytes) -> tuple[int, int]:
        """A fresh (r, s)."""
        ...

    def verify(self, point: Point, digest: bytes, r: int, s: int) -> bool:
        """Whether (r, s) signs the digest."""
        ...


def on_curve(point: Point) -> bool:
    """Whether the point is on the curve. Its order is then n, because the cofactor is one."""
    x, y = point
    return x < PRIME and y < PRIME and (y * y - x * x * x - A * x - B) % PRIME == 0


def times_generator(number: int) -> Point:
    """`number` times the generator, with a running time that tells little about the number.

    gmalg's ladder takes longer for longer and denser numbers, and the length of nonces, measured
    often enough, gives a key away. So two numbers are multiplied whose sum is the wanted one:
    a fresh mask, and the rest, each of fixed length.
    """
    mask = secrets.randbits(255) | 1 << 255
    rest = (number - mask) % ORDER + ORDER
    curve, base = _GROUP.ec, _GROUP.G
    x, y = curve.add(curve.mul(mask, base), curve.mul(rest, base))
    return x, y


class PureArithmetic:
    """The formulas of GB/T 32918.2-2016, 6.1 and 7.1, on gmalg's curve."""

    def sign(self, secret: int, digest: bytes) -> tuple[int, int]:
        """A fresh (r, s)."""
        e = int.from_bytes(digest, "big")
        inverse = pow(1 + secret, -1, ORDER)
        while True:
            k = secrets.randbelow(ORDER - 1) + 1
            r = (e + times_generator(k)[0]) % ORDER
            s = inverse * (k - r * secret) % ORDER
            if r and s and r + k != ORDER:
                return r, s

    def verify(self, point: Point, digest: bytes, r: int, s: int) -> bool:
        """Whether (r, s) signs the digest."""
        t = (r + s) % ORDER
        if t == 0:
            return False
        curve = _GROUP.ec
        found = curve.add(curve.mul(s, _GROUP.G), curve.mul(t, point))
        if found == curve.INF:
            return False
        return bool((int.from_bytes(digest, "big") + found[0]) % ORDER == r)


class NativeArithmetic:
    """GmSSL. It writes a line to standard error for each signature that does not verify."""

    def sign(self, secret: int, digest: bytes) -> tuple[int, int]:
        """A fresh (r, s)."""
        return from_der(gmssl_pyx.sm2_sign_sm3_digest(secret.to_bytes(32, "big"), digest))

    def verify(self, point: Point, digest: bytes, r: int, s: int) -> bool:
        """Whether (r, s) signs the digest."""
        return bool(gmssl_pyx.sm2_verify_sm3_digest(join_raw(*point), digest, to_der(r, s)))


ARITHMETIC: Final[Arithmetic] = PureArithmetic() if gmssl_pyx is None else NativeArithmetic()
