"""The bound: what Ed25519 alone allows, if everything else cost nothing."""

from benches.timing import rate
from hanse.foundation.keys import generate

BASE_BYTES = 900
"""About the length of the signature base of a delivery."""


def bound(scale: float) -> dict[str, float]:
    """A delivery and its answer are each signed once and verified once: two and two."""
    key = generate("ed25519")
    message = bytes(BASE_BYTES)
    signature = key.sign(message)

    def delivery() -> None:
        key.sign(message)
        key.public.verify(signature, message)
        key.sign(message)
        key.public.verify(signature, message)

    return {
        "signs_per_second": round(rate(lambda: key.sign(message), scale)),
        "verifies_per_second": round(rate(lambda: key.public.verify(signature, message), scale)),
        "deliveries_per_second_one_core": round(rate(delivery, 2 * scale)),
    }
