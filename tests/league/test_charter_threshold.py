"""The threshold, for any number of members and any set of signers."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import (
    CITIES,
    START,
    UNHURRIED,
    founding,
    member,
    member_key,
    on_day,
    refusal_of,
    signature,
)

from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import Charter, KeyUse
from hanse.mechanisms.league.charter_changes import accept
from hanse.mechanisms.league.charter_proposals import next_version
from hanse.mechanisms.league.documents import Signed

KEYS = ("k1", "k2", "x1")
"""Two for charters and one that is not."""


def keys_of(city: str) -> list[object]:
    exchange_only = member_key(city, "x1", uses=(KeyUse.EXCHANGE,))
    return [member_key(city), member_key(city, "k2"), exchange_only]


MEMBERS = {city: member(city, keys=keys_of(city)) for city in CITIES}


@st.composite
def leagues(draw: st.DrawFn) -> Charter:
    """A first charter of any size with any threshold that it may have."""
    count = draw(st.integers(1, len(CITIES)))
    return founding(
        members=tuple(MEMBERS[city] for city in CITIES[:count]),
        threshold=draw(st.integers(count // 2 + 1, count)),
        witness_quorum=0,
    )


def code_of(charter: Charter, proposed: Charter, signers: Iterable[tuple[str, str]]) -> str | None:
    made = tuple(signature(proposed, city, key) for city, key in sorted(signers))
    signed = Signed(proposed, made)
    return refusal_of(lambda: accept(Signed(charter), signed, on_day(2), None))


@UNHURRIED
@given(leagues(), st.data())
def test_accepted_exactly_when_enough_members_have_signed(
    charter: Charter, data: st.DataObject
) -> None:
    """Cities are counted, and not their keys."""
    voters = st.tuples(st.sampled_from(list(charter.cities)), st.sampled_from(KEYS[:2]))
    signers = data.draw(st.sets(voters))
    code = code_of(charter, next_version(charter, issued_at=on_day(1)), signers)
    enough = len({city for city, _ in signers}) >= charter.threshold
    expected = "charter_below_threshold" if signers else "charter_unsigned"
    assert code == (None if enough else expected)


@UNHURRIED
@given(leagues(), st.sampled_from(CITIES), st.sampled_from(KEYS))
def test_one_unfit_signature_spoils_any_number_of_others(
    charter: Charter, city: str, key: str
) -> None:
    signers = {(one, "k1") for one in charter.cities} | {(city, key)}
    code = code_of(charter, next_version(charter, issued_at=on_day(1)), signers)
    unfit = city not in charter.cities or key == "x1"
    assert code == ("charter_signer_unknown" if unfit else None)


@UNHURRIED
@given(st.sets(st.sampled_from(CITIES), max_size=8))
def test_a_first_charter_is_accepted_exactly_when_all_have_signed(signers: set[str]) -> None:
    charter = founding()
    signed = Signed(charter, tuple(signature(charter, city) for city in sorted(signers)))
    code = refusal_of(lambda: accept(None, signed, START, charter.digest))
    expected = "charter_below_threshold" if signers else "charter_unsigned"
    assert code == (None if signers == set(CITIES) else expected)


@UNHURRIED
@given(leagues(), st.data())
def test_two_charters_of_one_version_have_a_common_signer(
    charter: Charter, data: st.DataObject
) -> None:
    """So a fork has an author: who signed both."""
    proposals = [
        next_version(charter, issued_at=on_day(1), title=Text(title, title)) for title in "ab"
    ]
    signers = [data.draw(st.sets(st.sampled_from(list(charter.cities)))) for _ in proposals]
    codes = [
        code_of(charter, proposed, {(city, "k1") for city in cities})
        for proposed, cities in zip(proposals, signers, strict=True)
    ]
    assert any(codes) or signers[0] & signers[1]
