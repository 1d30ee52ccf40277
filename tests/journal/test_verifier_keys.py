"""Verifier keys of signed notes: their text form, their id, and what is refused."""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.keys import generate
from hanse.mechanisms.journal.verifier_keys import (
    NoteKey,
    SignatureType,
    parse_vkey,
)
from tests.journal.journal_keys import VECTORS, case_bytes, ed25519, ml_dsa_44, vector_cases


@pytest.mark.parametrize("case", vector_cases("bad_vkeys.json"), ids=lambda case: case["name"])
def test_malformed_keys_are_refused(case: dict[str, Any]) -> None:
    vkey = case_bytes(case).decode()
    if case["code"] is None:
        assert parse_vkey(vkey).vkey == vkey
        return
    with pytest.raises(Problem) as refused:
        parse_vkey(vkey)
    assert refused.value.code == case["code"]


@pytest.mark.parametrize("case", vector_cases("outside_keys.json"), ids=lambda case: case["name"])
def test_keys_of_other_programs_are_read(case: dict[str, Any]) -> None:
    if case["code"] is None:
        key = parse_vkey(case["text"])
        assert key.type == case["type"]
        assert key.vkey == case["text"]
        return
    with pytest.raises(Problem) as refused:
        parse_vkey(case["text"])
    assert refused.value.code == case["code"]


def test_an_ml_dsa_key_is_written_and_read_back() -> None:
    key = NoteKey("a", SignatureType.COSIGNATURE_ML_DSA_44, ml_dsa_44("a").public)
    assert parse_vkey(key.vkey) == key
    assert key.vkey.endswith(b64encode(b"\x06" + key.public.data).decode())


def test_the_id_is_what_the_standard_hashes() -> None:
    key = NoteKey("a", SignatureType.COSIGNATURE_ED25519, ed25519("a").public)
    hashed = hashlib.sha256(b"a\n\x04" + key.public.data).digest()
    assert key.id == hashed[:4]
    assert key.vkey.startswith(f"a+{hashed[:4].hex()}+")


def test_one_public_key_has_an_id_for_each_type() -> None:
    public = ed25519("a").public
    plain = NoteKey("a", SignatureType.ED25519, public)
    cosigner = NoteKey("a", SignatureType.COSIGNATURE_ED25519, public)
    assert plain.id != cosigner.id


@given(st.text(max_size=90))
def test_any_name_stands_in_a_key_or_is_refused(name: str) -> None:
    is_name = (
        0 < len(name.encode("utf-8", "surrogatepass")) <= 255
        and not any(one.isspace() or one == "+" or one < " " for one in name)
        and not any(0xD800 <= ord(one) < 0xE000 for one in name)
    )
    if is_name:
        key = NoteKey(name, SignatureType.ED25519, ed25519("a").public)
        assert parse_vkey(key.vkey) == key
        return
    with pytest.raises(Problem) as refused:
        NoteKey(name, SignatureType.ED25519, ed25519("a").public)
    assert refused.value.code == "note_key_name_invalid"


@given(st.text(max_size=120))
def test_any_text_is_a_key_or_is_refused(text: str) -> None:
    for attempt in (text, f"a+{text}", f"a+00000000+{text}"):
        with pytest.raises(Problem):
            parse_vkey(attempt)


@pytest.mark.parametrize(
    ("kind", "suite"),
    [
        (SignatureType.ED25519, "ml-dsa-44"),
        (SignatureType.COSIGNATURE_ML_DSA_44, "ed25519"),
        (SignatureType.ED25519, "ecdsa-p256-sha256"),
    ],
)
def test_a_key_of_another_suite_is_refused(kind: SignatureType, suite: str) -> None:
    public = ml_dsa_44("a").public if suite == "ml-dsa-44" else generate(suite).public
    with pytest.raises(Problem) as refused:
        NoteKey("a", kind, public)
    assert refused.value.code == "note_key_type_unsupported"


def test_the_time_of_another_programs_cosignature_is_where_the_standard_puts_it() -> None:
    vector = json.loads((VECTORS / "outside_keys.json").read_text("utf-8"))
    line = b64decode(vector["cosignature"])
    assert len(line) == 4 + 8 + 64
    assert int.from_bytes(line[4:12], "big") == vector["cosignature_time_seconds"]
