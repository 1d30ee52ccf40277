"""Signatures (r, s) of 256-bit curves: r||s in 64 bytes on the wire, DER for the libraries.

Both numbers fit 33 bytes, so every length in the DER (SEQUENCE of two INTEGERs) is one byte.
"""

from typing import Final

NUMBER_BYTES: Final = 32
RAW_BYTES: Final = 2 * NUMBER_BYTES
_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02


def join_raw(r: int, s: int) -> bytes:
    """r||s, leading zeros kept."""
    return r.to_bytes(NUMBER_BYTES, "big") + s.to_bytes(NUMBER_BYTES, "big")


def split_raw(raw: bytes) -> tuple[int, int] | None:
    """The numbers of r||s, None where it has another length."""
    if len(raw) != RAW_BYTES:
        return None
    return int.from_bytes(raw[:NUMBER_BYTES], "big"), int.from_bytes(raw[NUMBER_BYTES:], "big")


def to_der(r: int, s: int) -> bytes:
    """The DER of two numbers from 0 to 2**256 - 1."""
    body = _integer(r) + _integer(s)
    return bytes((_SEQUENCE, len(body))) + body


def from_der(der: bytes) -> tuple[int, int]:
    """The numbers of a DER that a library made; it is not checked."""
    second = 4 + der[3]
    return int.from_bytes(der[4:second], "big"), int.from_bytes(der[second + 2 :], "big")


def _integer(number: int) -> bytes:
    data = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((_INTEGER, len(data))) + data
