"""What a signature suite is: its sizes, and how its keys are drawn and opened."""

from collections.abc import Callable
from dataclasses import dataclass

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness
from hanse.foundation.languages import Text

Verifying = Callable[[bytes, bytes], bool]
"""(signature, message) to whether it verifies. False, never an error, for any bytes at all."""

Signing = Callable[[bytes], bytes]
"""Message to signature."""

KEY_INVALID = ProblemKind(
    "key_invalid",
    400,
    Text("密钥无效", "The key is not valid"),
    Text(
        "请按该算法的编码重新提供密钥",
        "Give the key again in the encoding of its suite",
    ),
    detail=Text(
        "不是 {suite} 的合法密钥（{reason}）", "Not a valid key of suite {suite} ({reason})"
    ),
)
KEY_SUITE_UNKNOWN = ProblemKind(
    "key_suite_unknown",
    400,
    Text("签名算法未知", "The signature suite is unknown"),
    Text("请使用以下算法之一：{known}", "Use one of these suites: {known}"),
    detail=Text("没有名为 {suite} 的签名算法", "There is no signature suite named {suite}"),
)


@dataclass(frozen=True, slots=True)
class Suite:
    """One signature algorithm with its encodings, under the name that the charter uses.

    `open_secret` gives the public key of a secret and its signing function; `open_public` gives
    the verifying function. Both are given the right number of bytes, and raise ValueError with a
    snake_case reason where the bytes are no key.
    """

    name: str
    secret_bytes: int
    public_bytes: int
    signature_bytes: int
    draw_secret: Callable[[Randomness], bytes]
    open_secret: Callable[[bytes], tuple[bytes, Signing]]
    open_public: Callable[[bytes], Verifying]


def draw_scalar(randomness: Randomness, below: int) -> bytes:
    """A number from 1 to `below` - 1 as 32 bytes, for a group order of 256 bits.

    64 surplus bits make the bias of the remainder negligible (FIPS 186-5, A.2.1).
    """
    surplus = int.from_bytes(randomness(40), "big")
    return (surplus % (below - 1) + 1).to_bytes(32, "big")


def scalar(secret: bytes, below: int) -> int:
    """The number of `draw_scalar`; ValueError where it is outside 1 to `below` - 1."""
    number = int.from_bytes(secret, "big")
    if not 1 <= number < below:
        raise ValueError("secret_out_of_range")
    return number
