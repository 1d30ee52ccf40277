"""What is signed, and that a signature of one document fits no other."""

import hashlib
import json
from typing import Any

import pytest
from tests.league.leagues import (
    CHENGDU,
    DEYANG,
    START,
    agreement,
    founding,
    private_key,
    refused,
    signature,
    signed_by,
    stated,
)

from hanse.foundation.identity import from_base64url
from hanse.mechanisms.league.agreements import (
    Agreement,
    Statement,
    StatementKind,
    read_agreement,
    read_statement,
)
from hanse.mechanisms.league.charter import Charter, read_charter
from hanse.mechanisms.league.documents import (
    DOCUMENT_BYTES_MAX,
    Document,
    Signature,
    Signed,
    add_signature,
    sign,
    twice_signed,
)

STATEMENT = stated(CHENGDU, (StatementKind.SUSPEND, 1))[0].document
DOCUMENTS: list[Document] = [founding(), agreement(), STATEMENT]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_signed_is_the_prefix_line_and_the_canonical_bytes(document: Document) -> None:
    """RFC 8785 of a document without unusual names is what sorted, tight JSON gives."""
    tight: dict[str, Any] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    canonical = json.dumps(document.as_dict(), **tight).encode()
    assert document.canonical() == canonical
    assert document.signed_bytes() == document.PREFIX.encode() + b"\n" + canonical
    assert document.digest == "sha-256:" + hashlib.sha256(canonical).hexdigest()


def test_prefix_lines() -> None:
    assert Charter.PREFIX == "hanse charter v1"
    assert Agreement.PREFIX == "hanse agreement v1"
    assert Statement.PREFIX == "hanse agreement statement v1"


def test_a_signature_of_one_kind_of_document_fits_no_other() -> None:
    key = private_key(CHENGDU)
    for document in DOCUMENTS:
        made = from_base64url(signature(document, CHENGDU).signature)
        for other in DOCUMENTS:
            bare = other.PREFIX.encode() + b"\n" + document.canonical()
            assert key.public.verify(made, bare) == (document is other)


@pytest.mark.parametrize("suite", ["ed25519", "ecdsa-p256-sha256", "sm2-sm3", "ml-dsa-44"])
def test_every_suite_signs_documents(suite: str) -> None:
    key = private_key(CHENGDU, "k9", suite)
    charter = founding()
    made = sign(charter, CHENGDU, "k9", key)
    assert made.verifies(key.public, charter.signed_bytes())
    assert not made.verifies(key.public, charter.signed_bytes() + b" ")
    assert not made.verifies(private_key(DEYANG).public, charter.signed_bytes())


@pytest.mark.parametrize("text", ["", "=", "AAAA", "äöü", "A", "AA==", "A" * 4096])
def test_a_signature_that_is_none_never_verifies_and_never_raises(text: str) -> None:
    made = Signature(city=CHENGDU, key="k1", signature=text)
    assert not made.verifies(private_key(CHENGDU).public, b"message")


def test_what_is_written_is_read_again() -> None:
    charter = signed_by(founding(), CHENGDU, DEYANG)
    assert read_charter(charter.to_bytes()) == charter
    assert read_charter(charter.to_bytes()).to_bytes() == charter.to_bytes()
    agreed = signed_by(agreement(), CHENGDU)
    assert read_agreement(agreed.to_bytes()) == agreed
    statement = stated(CHENGDU, (StatementKind.END, 3))[0]
    assert read_statement(statement.to_bytes()) == statement


def test_a_document_that_could_not_be_read_is_not_written() -> None:
    holidays = {f"day {number}": "x" * 1000 for number in range(DOCUMENT_BYTES_MAX // 1000)}
    with refused("document_too_large", bytes_max=DOCUMENT_BYTES_MAX):
        Signed(founding(calendar=holidays)).to_bytes()


def test_the_first_signature_of_a_key_stays() -> None:
    charter = founding()
    first = signature(charter, DEYANG)
    other = Signature(city=DEYANG, key="k1", signature="AAAA")
    signed = add_signature(Signed(charter), first)
    assert add_signature(signed, other) == signed
    assert add_signature(signed, first) == signed
    both = add_signature(signed, signature(charter, CHENGDU))
    assert [one.city for one in both.signatures] == [CHENGDU, DEYANG]
    assert both.signers == {CHENGDU, DEYANG}
    assert twice_signed(both.signatures) is None
    assert twice_signed((first, other)) == other
    assert signed.signatures == (first,)


def test_a_changed_copy_is_checked_and_has_a_digest_of_its_own() -> None:
    charter = founding()
    digest, cities = charter.digest, charter.cities
    changed = charter.model_copy(update={"threshold": 8})
    assert changed.digest != digest
    assert changed == founding(threshold=8)
    assert changed.cities == cities
    with refused("charter_rules_broken"):
        charter.model_copy(update={"threshold": 1})


def test_instants_are_kept_to_the_millisecond_in_utc() -> None:
    charter = founding(issued_at="2026-01-01T07:59:59.999999+08:00")
    assert charter.as_dict()["issued_at"] == "2025-12-31T23:59:59.999Z"
    assert charter.issued_at < START
