"""Cosignatures of both types, and the count of distinct witnesses (C2SP tlog-cosignature)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.merkle import leaf_hash
from hanse.mechanisms.journal.checkpoints import Checkpoint
from hanse.mechanisms.journal.cosignatures import (
    cosign,
    cosigned_by,
    cosigner_key,
    count_cosignatures,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignature,
)
from hanse.mechanisms.journal.notes import (
    NoteSignature,
    NoteSigner,
    parse_note,
    plain_key,
    sign_note,
)
from hanse.mechanisms.journal.verifier_keys import NoteKey, SignatureType
from tests.journal.journal_keys import ed25519, ml_dsa_44

ORIGIN = "chengdu.example/journal"
CHECKPOINT = Checkpoint(ORIGIN, 1, leaf_hash(b"entry"))
LATER = Checkpoint(ORIGIN, 2, leaf_hash(b"another"))
LOG = ed25519("log")
LOG_KEY = plain_key(NoteSigner(ORIGIN, LOG))
NOTE = sign_checkpoint(CHECKPOINT, LOG, 1_700_000_000)
NOON = 1_700_000_000

SUITES: list[Callable[[str], PrivateKey]] = [ed25519, ml_dsa_44]
CITIES = ["deyang", "mianyang", "suining", "leshan", "meishan", "yaan", "ziyang"]


def witness(city: str) -> str:
    return f"{city}.example/witness"


def line(city: str, time: int = NOON, make: Callable[[str], PrivateKey] = ed25519) -> NoteSignature:
    return cosign(CHECKPOINT, make(city), witness(city), time)


def key(city: str, make: Callable[[str], PrivateKey] = ed25519) -> NoteKey:
    return cosigner_key(witness(city), make(city))


KEYS = [key(city) for city in CITIES]


@pytest.mark.parametrize(("make", "length"), [(ed25519, 8 + 64), (ml_dsa_44, 8 + 2420)])
def test_a_cosignature_verifies_and_gives_its_time(
    make: Callable[[str], PrivateKey], length: int
) -> None:
    cosignature = line("deyang", NOON, make)
    known = key("deyang", make)
    assert len(cosignature.signature) == length
    assert cosignature.signature[:8] == NOON.to_bytes(8, "big")
    assert verify_cosignature(CHECKPOINT, known, cosignature) == NOON
    assert verify_cosignature(LATER, known, cosignature) is None
    assert verify_cosignature(CHECKPOINT, key("leshan", make), cosignature) is None


@given(st.integers(0, 75), st.integers(0, 7))
def test_any_flipped_bit_of_a_cosignature_is_rejected(at: int, bit: int) -> None:
    whole = bytearray(line("deyang").key_id + line("deyang").signature)
    whole[at] ^= 1 << bit
    changed = NoteSignature(witness("deyang"), bytes(whole[:4]), bytes(whole[4:]))
    assert verify_cosignature(CHECKPOINT, key("deyang"), changed) is None


def test_an_ml_dsa_cosigner_is_bound_to_its_name_and_the_origin() -> None:
    made = line("deyang", NOON, ml_dsa_44)
    renamed = cosigner_key("elsewhere", ml_dsa_44("deyang"))
    moved = NoteSignature(renamed.name, renamed.id, made.signature)
    assert verify_cosignature(CHECKPOINT, renamed, moved) is None
    other = Checkpoint("elsewhere", CHECKPOINT.size, CHECKPOINT.root)
    assert verify_cosignature(other, key("deyang", ml_dsa_44), made) is None


def test_extension_lines_are_covered_by_ed25519_and_not_by_ml_dsa() -> None:
    extended = Checkpoint(ORIGIN, 1, CHECKPOINT.root, ("more",))
    assert verify_cosignature(extended, key("deyang"), line("deyang")) is None
    made = line("deyang", NOON, ml_dsa_44)
    assert verify_cosignature(extended, key("deyang", ml_dsa_44), made) == NOON


def test_a_plain_note_key_verifies_no_cosignature() -> None:
    name = witness("deyang")
    plain = NoteKey(name, SignatureType.ED25519, ed25519("deyang").public)
    signed = NoteSignature(name, plain.id, ed25519("deyang").sign(CHECKPOINT.text().encode()))
    assert plain.verify(CHECKPOINT.text(), signed.signature)
    assert verify_cosignature(CHECKPOINT, plain, signed) is None


@given(st.sets(st.sampled_from(CITIES)))
def test_the_witnesses_that_signed_are_counted(cities: set[str]) -> None:
    note = NOTE.with_signatures(line(city, NOON + at) for at, city in enumerate(sorted(cities)))
    note = parse_note(note.encode())
    assert count_cosignatures(note, KEYS) == len(cities)
    assert cosigned_by(note, KEYS) == {
        witness(city): NOON + at for at, city in enumerate(sorted(cities))
    }


def test_unknown_witnesses_are_not_counted() -> None:
    note = NOTE.with_signatures([line("deyang"), line("elsewhere")])
    assert cosigned_by(note, KEYS) == {witness("deyang"): NOON}
    assert count_cosignatures(note, []) == 0


def test_a_witness_counts_once_with_keys_of_both_types_and_shows_its_latest_time() -> None:
    note = NOTE.with_signatures([line("deyang", NOON), line("deyang", NOON + 5, ml_dsa_44)])
    keys = [key("deyang"), key("deyang", ml_dsa_44)]
    assert cosigned_by(note, keys) == {witness("deyang"): NOON + 5}
    assert count_cosignatures(note, keys) == 1
    reversed_lines = NOTE.with_signatures(note.signatures[:0:-1])
    assert cosigned_by(reversed_lines, keys) == {witness("deyang"): NOON + 5}


def test_one_line_twice_counts_once() -> None:
    (signature,) = (line("deyang"),)
    text = NOTE.encode().decode() + signature.line() + signature.line()
    assert count_cosignatures(parse_note(text.encode()), KEYS) == 1


def test_a_cosignature_without_time_or_from_the_future_is_not_counted() -> None:
    timeless = NOTE.with_signatures([line("deyang", 0, ml_dsa_44)])
    made = timeless.signatures[-1]
    assert verify_cosignature(CHECKPOINT, key("deyang", ml_dsa_44), made) == 0
    assert count_cosignatures(timeless, [key("deyang", ml_dsa_44)]) == 0
    early = NOTE.with_signatures([line("deyang", NOON + 1)])
    assert count_cosignatures(early, KEYS, not_after_seconds=NOON) == 0
    assert count_cosignatures(early, KEYS, not_after_seconds=NOON + 1) == 1


def test_a_bad_line_of_a_known_witness_spoils_the_note() -> None:
    bad = NoteSignature(witness("leshan"), key("leshan").id, line("deyang").signature)
    note = NOTE.with_signatures([line("deyang"), bad])
    with pytest.raises(Problem) as refused:
        count_cosignatures(note, KEYS)
    assert refused.value.code == "note_signature_invalid"


def test_one_public_key_under_two_witnesses_is_refused() -> None:
    """An Ed25519 cosignature does not name its cosigner: one witness could count as two."""
    twin = cosigner_key("twin.example/witness", ed25519("deyang"))
    with pytest.raises(Problem) as refused:
        count_cosignatures(NOTE, [*KEYS, twin])
    assert refused.value.code == "cosigner_key_reused"


def test_a_log_key_is_no_witness_key() -> None:
    with pytest.raises(Problem) as refused:
        count_cosignatures(NOTE, [LOG_KEY])
    assert refused.value.code == "note_key_type_unsupported"


@pytest.mark.parametrize("suite", ["ecdsa-p256-sha256", "sm2-sm3"])
def test_suites_without_a_signature_type_do_not_cosign(suite: str) -> None:
    with pytest.raises(Problem) as refused:
        cosign(CHECKPOINT, generate(suite), "w", NOON)
    assert refused.value.code == "note_key_type_unsupported"


@pytest.mark.parametrize("make", SUITES)
@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_out_of_range_is_not_cosigned(make: Callable[[str], PrivateKey], time: int) -> None:
    with pytest.raises(Problem) as refused:
        line("deyang", time, make)
    assert refused.value.code == "cosignature_time_invalid"


def test_a_log_signs_its_checkpoint_under_its_origin() -> None:
    (signature,) = NOTE.signatures
    assert signature.name == ORIGIN
    assert open_checkpoint(NOTE, ORIGIN, [LOG_KEY]) == CHECKPOINT


def test_an_ml_dsa_log_signs_as_cosigner_of_itself() -> None:
    note = sign_checkpoint(CHECKPOINT, ml_dsa_44("log"), NOON)
    log_key = cosigner_key(ORIGIN, ml_dsa_44("log"))
    assert open_checkpoint(note, ORIGIN, [log_key]) == CHECKPOINT
    assert note.signatures[0].signature[:8] == NOON.to_bytes(8, "big")


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        open_checkpoint(NOTE, "leshan.example/journal", [LOG_KEY])
    assert refused.value.code == "checkpoint_origin_mismatch"


def test_a_checkpoint_that_its_log_did_not_sign_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        open_checkpoint(NOTE, ORIGIN, [plain_key(NoteSigner(ORIGIN, ed25519("other")))])
    assert refused.value.code == "note_unverified"


def test_a_signed_note_that_is_no_checkpoint_is_refused() -> None:
    note = sign_note("hello\n", [NoteSigner(ORIGIN, LOG)])
    with pytest.raises(Problem) as refused:
        open_checkpoint(note, ORIGIN, [LOG_KEY])
    assert refused.value.code == "checkpoint_lines_malformed"
