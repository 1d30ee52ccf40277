"""ML-DSA-44 keys in the encodings of C2SP httpsig-pq."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PublicKey, from_secret, generate

SUITE = "ml-dsa-44"
PUBLISHED_KEY_SHA256 = "275ee838486da500342c040ef9f0cdf1e69957248e3b4d1bf05d3b1fea2a1c3c"


def test_public_key_of_the_published_seed() -> None:
    """C2SP httpsig-pq 1.0.0, vector ml-dsa-44-deterministic: its seed, its key by digest."""
    seed = "c80d699b2daa47d54b8697f5a917c696400d7063b30a234d18ad672250ae42d9"
    key = from_secret(SUITE, bytes.fromhex(seed))
    assert sha256(key.public.data).hexdigest() == PUBLISHED_KEY_SHA256


def test_signature_has_its_size_and_no_context() -> None:
    key = generate(SUITE, seeded_randomness("ml-dsa"))
    signature = key.sign(b"text")
    assert len(signature) == 2420
    MLDSA44PublicKey.from_public_bytes(key.public.data).verify(signature, b"text")
    assert key.public.verify(signature, b"text")


def test_signing_is_hedged_and_both_verify() -> None:
    key = generate(SUITE, seeded_randomness("ml-dsa"))
    first, second = key.sign(b"text"), key.sign(b"text")
    assert first != second
    assert key.public.verify(first, b"text")
    assert key.public.verify(second, b"text")


@pytest.mark.parametrize("length", [0, 1311, 1313])
def test_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Problem) as refused:
        PublicKey(SUITE, bytes(length))
    assert refused.value.values["reason"] == "wrong_length"
