"""The two encodings of (r, s) agree with the ones of `cryptography`."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.keys.raw_signature import from_der, join_raw, split_raw, to_der

NUMBERS = st.one_of(
    st.integers(0, 2**256 - 1),
    st.integers(0, 31).map(lambda octets: 2 ** (8 * octets + 7)),
    st.sampled_from([0, 1, 127, 128, 255, 256, 2**255 - 1, 2**255, 2**256 - 1]),
)


@given(NUMBERS, NUMBERS)
def test_der_is_the_library_s(r: int, s: int) -> None:
    der = to_der(r, s)
    assert der == encode_dss_signature(r, s)
    assert from_der(der) == decode_dss_signature(der) == (r, s)


@given(NUMBERS, NUMBERS)
def test_raw_form_keeps_both_numbers_in_64_bytes(r: int, s: int) -> None:
    raw = join_raw(r, s)
    assert len(raw) == 64
    assert split_raw(raw) == (r, s)


@pytest.mark.parametrize("length", [0, 63, 65, 70])
def test_other_lengths_are_no_raw_signature(length: int) -> None:
    assert split_raw(bytes(length)) is None
