"""Signed notes: what parses, what verifies, and what is refused (C2SP signed-note v1.0.0)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.mechanisms.journal.notes import (
    NOTE_BYTES_MAX,
    SIGNATURES_MAX,
    Note,
    NoteSignature,
    NoteSigner,
    parse_note,
    parse_signature_lines,
    plain_key,
    sign_note,
    trusted_signatures,
    verify_note,
)
from hanse.mechanisms.journal.verifier_keys import NoteKey, SignatureType, parse_vkey
from tests.journal.journal_keys import case_bytes, ed25519, ml_dsa_44, vector_cases

ORIGIN = "example.com/journal"
SIGNER = NoteSigner(ORIGIN, ed25519("log"))
KEY = plain_key(SIGNER)
TEXT = "one\n\ntwo\n"
NOTE = sign_note(TEXT, [SIGNER])

C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
).encode()


def test_the_example_of_the_standard_verifies() -> None:
    note = parse_note(C2SP_NOTE)
    (verified,) = verify_note(note, [parse_vkey(C2SP_VKEY)])
    assert verified.key.vkey == C2SP_VKEY
    assert note.text == "This is an example message.\n"
    assert note.encode() == C2SP_NOTE


def test_the_go_vector_verifies(shared_data: Path) -> None:
    """golang.org/x/mod sumdb/note (BSD-3-Clause)."""
    path = shared_data / "transparency_log" / "signed_note_vector.json"
    vector = json.loads(path.read_text("utf-8"))
    data = f"{vector['text']}\n{vector['signature_line']}".encode()
    (verified,) = verify_note(parse_note(data), [parse_vkey(vector["vkey"])])
    assert verified.signature.line() == vector["signature_line"]
    codes = ("note_key_malformed", "note_key_type_unsupported")
    for bad, code in zip(vector["bad_vkeys"], codes, strict=True):
        with pytest.raises(Problem) as refused:
            parse_vkey(bad)
        assert refused.value.code == code


@pytest.mark.parametrize("case", vector_cases("bad_notes.json"), ids=lambda case: case["name"])
def test_malformed_notes_are_refused(case: dict[str, Any]) -> None:
    if case["code"] is None:
        assert parse_note(case_bytes(case)) == NOTE
        return
    with pytest.raises(Problem) as refused:
        parse_note(case_bytes(case))
    assert refused.value.code == case["code"]


@pytest.mark.parametrize(
    "case", vector_cases("unverified_notes.json"), ids=lambda case: case["name"]
)
def test_notes_that_no_trusted_key_signed_are_refused(case: dict[str, Any]) -> None:
    note = parse_note(case_bytes(case))
    keys = [parse_vkey(vkey) for vkey in case["vkeys"]]
    if case["code"] is None:
        assert verify_note(note, keys)
        return
    with pytest.raises(Problem) as refused:
        verify_note(note, keys)
    assert refused.value.code == case["code"]
    assert refused.value.kind.status == 403


@given(st.data())
def test_any_flipped_bit_is_refused_or_leaves_the_signature_unknown(data: st.DataObject) -> None:
    encoded = NOTE.encode()
    at = data.draw(st.integers(0, len(encoded) - 1))
    changed = bytearray(encoded)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Problem):
        verify_note(parse_note(bytes(changed)), [KEY])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    for attempt in (data, data + b"\n\n\xe2\x80\x94 " + data, TEXT.encode() + b"\n" + data):
        try:
            note = parse_note(attempt)
        except Problem:
            continue
        assert note.encode() == attempt


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60)


@given(texts.map(lambda text: text + "\n"), st.integers(1, 3))
def test_any_text_is_signed_and_read_back(text: str, count: int) -> None:
    signers = [NoteSigner(f"example.com/{index}", ed25519(str(index))) for index in range(count)]
    note = parse_note(sign_note(text, signers).encode())
    assert note.text == text
    verified = verify_note(note, [plain_key(signer) for signer in signers])
    assert [one.key.name for one in verified] == [signer.name for signer in signers]


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\rb\n", "a\0\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(Problem) as refused:
        sign_note(text, [SIGNER])
    assert refused.value.code == "note_text_invalid"


def test_a_text_without_utf8_form_is_not_signed() -> None:
    with pytest.raises(Problem) as refused:
        sign_note("\ud800\n", [SIGNER])
    assert refused.value.code == "note_not_utf8"


def test_a_note_needs_a_signer() -> None:
    with pytest.raises(Problem) as refused:
        sign_note(TEXT, [])
    assert refused.value.code == "note_signatures_missing"


def test_only_ed25519_signs_plain_notes() -> None:
    with pytest.raises(Problem) as refused:
        sign_note(TEXT, [NoteSigner(ORIGIN, ml_dsa_44("log"))])
    assert refused.value.code == "note_key_type_unsupported"


def lines(count: int) -> tuple[NoteSignature, ...]:
    unknown = (NoteSignature("elsewhere", bytes([0, 0, 0, at]), b"x") for at in range(count - 1))
    return (*unknown, *NOTE.signatures)


@pytest.mark.parametrize("count", [16, SIGNATURES_MAX])
def test_many_signatures_are_read(count: int) -> None:
    note = Note(TEXT, lines(count))
    assert verify_note(parse_note(note.encode()), [KEY])[0].key == KEY


def test_too_many_signatures_are_refused() -> None:
    with pytest.raises(Problem) as refused:
        Note(TEXT, lines(SIGNATURES_MAX + 1))
    assert refused.value.code == "note_signatures_too_many"
    data = f"{TEXT}\n{NOTE.signatures[0].line() * (SIGNATURES_MAX + 1)}".encode()
    with pytest.raises(Problem) as refused:
        parse_note(data)
    assert refused.value.code == "note_signatures_too_many"


def test_sixteen_signatures_of_five_thousand_bytes_fit() -> None:
    """The standard: verifiers accept 16, and post-quantum ones come near 5 kB each."""
    large = tuple(NoteSignature("pq", bytes([0, 0, 0, at]), b"x" * 5_000) for at in range(15))
    note = Note(TEXT, (*large, *NOTE.signatures))
    assert verify_note(parse_note(note.encode()), [KEY])


def test_notes_past_the_size_limit_are_neither_read_nor_written() -> None:
    for attempt in (
        lambda: parse_note(b"x" * (NOTE_BYTES_MAX + 1)),
        lambda: parse_signature_lines(b"x" * (NOTE_BYTES_MAX + 1)),
        lambda: Note("x" * NOTE_BYTES_MAX + "\n", NOTE.signatures).encode(),
    ):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "note_too_large"
        assert refused.value.kind.status == 413


def test_two_keys_under_one_name_and_id_are_refused() -> None:
    class Colliding(NoteKey):
        """Stands for a key that was searched for until its id collided."""

        @property
        def id(self) -> bytes:
            return KEY.id

    twin = Colliding(ORIGIN, SignatureType.ED25519, ed25519("twin").public)
    with pytest.raises(Problem) as refused:
        verify_note(NOTE, [KEY, twin])
    assert refused.value.code == "note_keys_ambiguous"
    assert verify_note(NOTE, [KEY, KEY])


def test_signatures_of_unknown_keys_are_no_trusted_signatures() -> None:
    assert trusted_signatures(NOTE, []) == []


def test_a_keys_new_line_replaces_its_earlier_one() -> None:
    (own,) = NOTE.signatures
    older = NoteSignature("witness", b"\0\0\0\1", b"older")
    newer = NoteSignature("witness", b"\0\0\0\1", b"newer")
    note = NOTE.with_signatures([older]).with_signatures([newer, own])
    assert note.signatures == (own, newer)
    assert note.text == NOTE.text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "note_signatures_missing"),
        (b"\n", "note_signature_line_malformed"),
        (NOTE.signatures[0].line().encode()[:-1], "note_signature_line_malformed"),
        (b"\xff\n", "note_not_utf8"),
    ],
)
def test_what_are_no_signature_lines_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_signature_lines(data)
    assert refused.value.code == code


def test_signature_lines_stand_alone() -> None:
    data = "".join(signature.line() for signature in lines(3)).encode()
    assert parse_signature_lines(data) == lines(3)
