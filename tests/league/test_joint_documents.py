"""Texts that several cities sign: whose signature counts, and under which charter."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.cities import NAMES, START

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Signed, sign
from hanse.mechanisms.league.joint_documents import (
    JointDocument,
    check_signatures,
    joint_values,
    standing,
)

CITIES = ("510100", "510600", "510700")
KEYS = {city: generate("ed25519", seeded_randomness(f"joint {city}")) for city in CITIES}
WITNESS = generate("ed25519", seeded_randomness("joint witness"))


class Note(JointDocument):
    """The least that cities can sign together."""

    PREFIX: ClassVar[str] = "hanse test note v1"


def _key(key_id: str, key: PrivateKey, *uses: str) -> dict[str, Any]:
    return {"id": key_id, **key.public.as_dict(), "uses": uses, "valid_from": START}


def charter(**changes: Any) -> Charter:
    return Charter.model_validate(
        {
            "league": "trial",
            "version": 1,
            "title": {"zh": "试验联盟", "en": "A league for trials"},
            "issued_at": START,
            "valid_from": START,
            "valid_until": START + timedelta(days=3_650),
            "threshold": 2,
            "witness_quorum": 2,
            "members": [
                {
                    "city": city,
                    "name": NAMES[city].as_dict(),
                    "address": "https://node.test",
                    "keys": [
                        _key("k1", KEYS[city], "exchange", "charter", "witness"),
                        *([_key("w1", WITNESS, "witness")] if city == CITIES[0] else []),
                    ],
                }
                for city in CITIES
            ],
            **changes,
        }
    )


CHARTER = charter()


def note(signatories: tuple[str, ...] = CITIES, needed: int = 2, **changes: Any) -> Note:
    values = joint_values(CHARTER, signatories, needed, START + timedelta(hours=1))
    return Note.model_validate(values | changes)


def code_of(document: Note, *signatures: Any, by: Charter = CHARTER) -> str | None:
    try:
        check_signatures(document, signatures, by)
    except Problem as problem:
        return problem.code
    return None


def signature(document: Note, city: str, key_id: str = "k1", key: PrivateKey | None = None) -> Any:
    return sign(document, city, key_id, key or KEYS[city])


def test_signatures_of_the_named_cities_by_their_charter_keys_count() -> None:
    document = note()
    assert code_of(document, *(signature(document, city) for city in CITIES)) is None


@pytest.mark.parametrize(
    ("document", "by", "code"),
    [
        (note(signatories=CITIES[:2]), (CITIES[2], "k1", KEYS[CITIES[2]]),
         "joint_signer_not_named"),
        (note(), (CITIES[0], "k1", KEYS[CITIES[1]]), "joint_signature_wrong"),
        (note(), (CITIES[0], "k2", KEYS[CITIES[0]]), "charter_key_unknown"),
        (note(), (CITIES[0], "w1", WITNESS), "charter_key_use_wrong"),
        (note(issued_at=START - timedelta(days=1)), (CITIES[0], "k1", KEYS[CITIES[0]]),
         "charter_key_not_valid"),
    ],
    ids=["city not named", "another's key", "unknown key", "use", "time"],
)  # fmt: skip
def test_a_signature_that_does_not_count_is_refused(document: Note, by: Any, code: str) -> None:
    assert code_of(document, signature(document, *by)) == code


def test_a_key_counts_once() -> None:
    document = note()
    one = signature(document, CITIES[0])
    assert code_of(document, one, one) == "joint_signed_twice"


def test_another_charter_is_no_measure() -> None:
    document = note()
    other = charter(threshold=3)
    assert code_of(document, by=other) == "joint_other_charter"
    assert code_of(note(league="another-league")) == "joint_other_charter"
    assert code_of(note(signatories=("511100",), needed=1)) == "city_not_member"


def test_a_signature_fits_no_document_of_another_kind() -> None:
    class Other(Note):
        PREFIX: ClassVar[str] = "hanse test other v1"

    document = note()
    other = Other.model_validate(document.as_dict())
    assert other.digest == document.digest
    assert code_of(document, signature(other, CITIES[0])) == "joint_signature_wrong"


def test_more_cannot_be_needed_than_may_sign() -> None:
    with pytest.raises(ValueError, match="more cities must sign than may"):
        note(needed=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(CITIES), max_size=6), st.integers(1, 3))
def test_a_text_is_complete_exactly_when_enough_cities_have_signed(
    order: list[str], needed: int
) -> None:
    document = note(needed=needed)
    held: Signed[Note] = Signed(document)
    for city in order:
        held = held.with_signatures([signature(document, city)])
    found = standing(held)
    assert set(found.signed) == set(order)
    assert set(found.missing) == set(CITIES) - set(order)
    assert found.is_complete is (len(set(order)) >= needed)
