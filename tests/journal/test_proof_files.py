"""Proof files: written, read, and checked offline against one reader's trust (C2SP tlog-proof)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import inclusion_path, leaf_hash, root
from hanse.mechanisms.journal.checkpoints import Checkpoint
from hanse.mechanisms.journal.cosignatures import cosign, cosigner_key, sign_checkpoint
from hanse.mechanisms.journal.notes import NoteSigner, plain_key, sign_note
from hanse.mechanisms.journal.proofs import (
    EXTRA_BYTES_MAX,
    PROOF_BYTES_MAX,
    LogProof,
    Trust,
    parse_proof,
    verify_proof,
)
from tests.journal.journal_keys import case_bytes, ed25519, ml_dsa_44, vector_cases

ORIGIN = "chengdu.example/journal"
ENTRIES = [f"entry {index}".encode() for index in range(13)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
LOG = ed25519("log")
CHECKPOINT = Checkpoint(ORIGIN, len(LEAVES), root(LEAVES))
WITNESSES = {"deyang": ed25519("deyang"), "leshan": ed25519("leshan"), "yaan": ml_dsa_44("yaan")}
NOON = 1_700_000_000
NOTE = sign_checkpoint(CHECKPOINT, LOG, NOON).with_signatures(
    cosign(CHECKPOINT, key, name, NOON) for name, key in WITNESSES.items()
)
TRUST = Trust(
    ORIGIN,
    [plain_key(NoteSigner(ORIGIN, LOG))],
    [cosigner_key(name, key) for name, key in WITNESSES.items()],
    quorum=3,
)
PROOF = LogProof(5, tuple(inclusion_path(LEAVES, 5)), NOTE, b"the salt, say")


def refusal(proof: LogProof, leaf: bytes, trust: Trust) -> str:
    with pytest.raises(Problem) as refused:
        verify_proof(proof, leaf, trust)
    return refused.value.code


@pytest.mark.parametrize("index", range(13))
def test_every_entry_is_proved_from_its_file_alone(index: int) -> None:
    file = LogProof(index, tuple(inclusion_path(LEAVES, index)), NOTE).encode()
    verified = verify_proof(parse_proof(file), leaf_hash(ENTRIES[index]), TRUST)
    assert verified.checkpoint == CHECKPOINT
    assert verified.witnesses == dict.fromkeys(WITNESSES, NOON)


def test_the_file_has_the_lines_of_the_standard() -> None:
    lines = PROOF.encode().decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra dGhlIHNhbHQsIHNheQ==", "index 5"]
    assert lines[3 + len(PROOF.path) : 6 + len(PROOF.path)] == ["", ORIGIN, "13"]
    assert parse_proof(PROOF.encode()) == PROOF
    without = replace(PROOF, extra=b"")
    assert without.encode().decode().split("\n")[1] == "index 5"
    assert parse_proof(without.encode()) == without


@pytest.mark.parametrize("case", vector_cases("bad_proofs.json"), ids=lambda case: case["name"])
def test_malformed_proof_files_are_refused(case: dict[str, Any]) -> None:
    if case["code"] is None:
        assert parse_proof(case_bytes(case)).encode() == case_bytes(case)
        return
    with pytest.raises(Problem) as refused:
        parse_proof(case_bytes(case))
    assert refused.value.code == case["code"]


@given(st.binary(max_size=150))
def test_any_bytes_have_one_reading_or_none(data: bytes) -> None:
    whole = PROOF.encode()
    for attempt in (data, whole + data, data + whole, b"c2sp.org/tlog-proof@v1\n" + data):
        try:
            proof = parse_proof(attempt)
        except Problem:
            continue
        assert proof.encode() == attempt


@given(st.integers(0, len(PROOF.encode()) - 1), st.integers(0, 7))
def test_any_flipped_bit_is_refused_or_touches_only_what_is_not_authenticated(
    at: int, bit: int
) -> None:
    changed = bytearray(PROOF.encode())
    changed[at] ^= 1 << bit
    try:
        proof = parse_proof(bytes(changed))
        verify_proof(proof, LEAVES[5], TRUST)
    except Problem:
        return
    assert replace(proof, extra=PROOF.extra) == PROOF


def test_another_entry_is_not_included() -> None:
    assert refusal(PROOF, LEAVES[6], TRUST) == "tlog_proof_entry_not_included"
    assert refusal(replace(PROOF, index=6), LEAVES[5], TRUST) == "tlog_proof_entry_not_included"
    beyond = replace(PROOF, index=13)
    assert refusal(beyond, LEAVES[5], TRUST) == "tlog_proof_entry_not_included"
    assert refusal(PROOF, b"no hash", TRUST) == "tlog_proof_entry_not_included"


def test_too_few_witnesses_are_refused() -> None:
    alone = replace(PROOF, note=sign_checkpoint(CHECKPOINT, LOG, NOON))
    assert refusal(alone, LEAVES[5], TRUST) == "tlog_proof_quorum_missing"
    assert refusal(PROOF, LEAVES[5], replace(TRUST, quorum=4)) == "tlog_proof_quorum_missing"
    fewer = replace(TRUST, witness_keys=TRUST.witness_keys[:2])
    assert refusal(PROOF, LEAVES[5], fewer) == "tlog_proof_quorum_missing"
    assert verify_proof(alone, LEAVES[5], replace(TRUST, quorum=0)).witnesses == {}


def test_a_log_that_the_reader_does_not_trust_is_refused() -> None:
    stranger = replace(TRUST, log_keys=[plain_key(NoteSigner(ORIGIN, ed25519("stranger")))])
    assert refusal(PROOF, LEAVES[5], stranger) == "note_unverified"
    elsewhere = replace(TRUST, origin="leshan.example/journal")
    assert refusal(PROOF, LEAVES[5], elsewhere) == "checkpoint_origin_mismatch"


def test_witnesses_cannot_stand_in_for_the_log() -> None:
    signatures = NOTE.signatures[1:]
    unsigned = replace(PROOF, note=replace(NOTE, signatures=signatures))
    assert refusal(unsigned, LEAVES[5], TRUST) == "note_unverified"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"index": -1}, "tlog_proof_index_invalid"),
        ({"index": 2**63}, "tlog_proof_index_invalid"),
        ({"path": (LEAVES[0],) * 64}, "tlog_proof_path_invalid"),
        ({"path": (b"short",)}, "tlog_proof_path_invalid"),
        ({"extra": b"x" * (EXTRA_BYTES_MAX + 1)}, "tlog_proof_extra_invalid"),
        (
            {"note": sign_note("no checkpoint\n", [NoteSigner(ORIGIN, LOG)])},
            "checkpoint_lines_malformed",
        ),
    ],
)
def test_a_proof_that_no_file_can_carry_is_not_made(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as refused:
        replace(PROOF, **change)
    assert refused.value.code == code


def test_the_largest_proof_fits_its_limit_and_a_larger_file_is_refused() -> None:
    largest = LogProof(2**63 - 1, (LEAVES[0],) * 63, NOTE, b"x" * EXTRA_BYTES_MAX)
    assert parse_proof(largest.encode()) == largest
    with pytest.raises(Problem) as refused:
        parse_proof(b"x" * (PROOF_BYTES_MAX + 1))
    assert refused.value.code == "tlog_proof_too_large"
