"""Two verifiers that are not ours read what we write, and we read what one of them writes.

`metamorphic-log` is written in Rust, `tlog-scales` in Python. Each is first shown something that
it must reject. Where one of them is not installed, its tests are skipped and say so.
"""

from types import ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from hanse.foundation.merkle import consistency_path, inclusion_path, leaf_hash, root
from hanse.mechanisms.journal.checkpoints import Checkpoint
from hanse.mechanisms.journal.cosignatures import (
    cosign,
    cosigned_by,
    cosigner_key,
    open_checkpoint,
    sign_checkpoint,
)
from hanse.mechanisms.journal.notes import NoteSigner, parse_note, plain_key
from hanse.mechanisms.journal.tiles import ENTRIES, Tile, tile_width
from hanse.mechanisms.journal.verifier_keys import parse_vkey
from tests.journal.journal_keys import ed25519, ml_dsa_44

ORIGIN = "chengdu.example/journal"
WITNESS = "deyang.example/witness"
NOON = 1_700_000_000
LEAVES = [leaf_hash(f"entry {index}".encode()) for index in range(65)]
SIZES = [1, 2, 3, 7, 8, 13, 64, 65]
ROOTS = {size: root(LEAVES[:size]) for size in SIZES}
CHECKPOINT = Checkpoint(ORIGIN, 65, ROOTS[65])
LOG = ed25519("log")
LOG_VKEY = plain_key(NoteSigner(ORIGIN, LOG)).vkey
NOTE = sign_checkpoint(CHECKPOINT, LOG, NOON)
MODERN = cosign(CHECKPOINT, ml_dsa_44("deyang"), WITNESS, NOON)
COSIGNED = NOTE.with_signatures([cosign(CHECKPOINT, ed25519("deyang"), WITNESS, NOON), MODERN])


@pytest.fixture(scope="module")
def rust() -> ModuleType:
    module: ModuleType = pytest.importorskip("metamorphic_log", reason="pip: metamorphic-log")
    return module


@pytest.fixture(scope="module")
def scales() -> ModuleType:
    pytest.importorskip("tlog_scales", reason="pip: tlog-scales")
    pytest.importorskip("tlog_scales.signing")
    module: ModuleType = pytest.importorskip("tlog_scales.tlog")
    return module


def test_rust_reads_our_signed_checkpoint(rust: ModuleType) -> None:
    text = COSIGNED.encode().decode()
    with pytest.raises(rust.VerifyError):
        rust.checkpoint_verify(text.replace("\n65\n", "\n64\n"), [LOG_VKEY])
    head = rust.checkpoint_verify(text, [LOG_VKEY])
    assert (head.origin, head.size, bytes(head.root)) == (ORIGIN, 65, ROOTS[65])


def test_rust_checks_our_inclusion_proofs(rust: ModuleType) -> None:
    with pytest.raises(rust.VerifyError):
        rust.verify_inclusion(1, 13, LEAVES[0], inclusion_path(LEAVES[:13], 0), ROOTS[13])
    for size in SIZES:
        for index in range(size):
            path = inclusion_path(LEAVES[:size], index)
            rust.verify_inclusion(index, size, LEAVES[index], path, ROOTS[size])


def test_rust_checks_our_consistency_proofs(rust: ModuleType) -> None:
    with pytest.raises(rust.VerifyError):
        rust.verify_consistency(7, 13, consistency_path(LEAVES[:13], 8), ROOTS[7], ROOTS[13])
    for size in SIZES:
        for old in SIZES:
            if old < size:
                path = consistency_path(LEAVES[:size], old)
                rust.verify_consistency(old, size, path, ROOTS[old], ROOTS[size])


@pytest.mark.parametrize(
    "vkey",
    [
        LOG_VKEY,
        cosigner_key(WITNESS, ed25519("deyang")).vkey,
        cosigner_key(WITNESS, ml_dsa_44("deyang")).vkey,
    ],
    ids=["log", "Ed25519 witness", "ML-DSA-44 witness"],
)
def test_scales_verifies_our_signatures_of_every_type(scales: ModuleType, vkey: str) -> None:
    key = scales.signing.Vkey.from_string(vkey)
    text = COSIGNED.encode().decode()
    with pytest.raises(InvalidSignature):
        scales.Checkpoint.from_text(text.replace("\n65\n", "\n64\n")).verify(key)
    scales.Checkpoint.from_text(text).verify(key)
    assert key.serialize() == vkey


def test_we_verify_a_checkpoint_that_scales_signed(scales: ModuleType) -> None:
    signers = [
        scales.signing.PlainEd25519Signer(ORIGIN, LOG.secret),
        scales.signing.MLDSA44CosignatureSigner(WITNESS, ml_dsa_44("deyang").secret),
    ]
    made = scales.Checkpoint.make_signed(ORIGIN, 65, ROOTS[65], signers)
    note = parse_note(made.serialize().encode())
    log_key, witness_key = (parse_vkey(signer.vkey.serialize()) for signer in signers)
    assert open_checkpoint(note, ORIGIN, [log_key]) == CHECKPOINT
    assert list(cosigned_by(note, [witness_key])) == [WITNESS]


def test_scales_checks_our_proofs(scales: ModuleType) -> None:
    with pytest.raises(scales.InclusionProofInvalid):
        scales.InclusionProof(1, 13, inclusion_path(LEAVES[:13], 0)).check(LEAVES[0], ROOTS[13])
    with pytest.raises(scales.ConsistencyProofInvalid):
        scales.ConsistencyProof(7, 13, [LEAVES[0]]).check(ROOTS[7], ROOTS[13])
    for size in SIZES:
        for index in range(size):
            path = inclusion_path(LEAVES[:size], index)
            scales.InclusionProof(index, size, path).check(LEAVES[index], ROOTS[size])
        for old in SIZES:
            if old <= size:
                path = consistency_path(LEAVES[:size], old)
                scales.ConsistencyProof(old, size, path).check(ROOTS[old], ROOTS[size])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000, 1_234_067_000])
def test_scales_lays_out_tiles_as_we_do(scales: ModuleType, size: int) -> None:
    tiles: Any = pytest.importorskip("tlog_scales.tiles")
    for level in (ENTRIES, 0, 1, 2, 3):
        full, partial = tiles.level_tiles(size, level)
        assert tile_width(level, full, size) == partial
        for index, width in ((full - 1, 256), (full, partial)):
            if index >= 0 and width:
                theirs = tiles.tile_path(level, index, width % 256)
                assert Tile(level, index, width).path == "/".join(theirs)
