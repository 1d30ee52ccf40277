"""The witness's decision on add-checkpoint, in the standard's order (C2SP tlog-witness v1.0.0)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.keys import PublicKey
from hanse.foundation.merkle import EMPTY_ROOT, consistency_path, leaf_hash, root
from hanse.mechanisms.journal.checkpoints import Checkpoint
from hanse.mechanisms.journal.cosignatures import (
    cosign,
    cosigned_by,
    cosigner_key,
    sign_checkpoint,
)
from hanse.mechanisms.journal.notes import NoteSignature, NoteSigner, parse_note, plain_key
from hanse.mechanisms.journal.verifier_keys import NoteKey, SignatureType
from hanse.mechanisms.journal.witness_protocol import (
    REQUEST_BYTES_MAX,
    AddCheckpoint,
    Decision,
    KnownLog,
    cosigned,
    decide,
    monitor_path,
    parse_add_checkpoint,
    parse_size,
    refusal,
    with_cosignatures,
)
from tests.journal.journal_keys import VECTORS, case_bytes, ed25519, ml_dsa_44, vector_cases

ORIGIN = "chengdu.example/journal"
LOG = ed25519("log")
KEYS = (plain_key(NoteSigner(ORIGIN, LOG)),)
LEAVES = [leaf_hash(f"entry {index}".encode()) for index in range(40)]
FORKED = [*LEAVES[:3], *(leaf_hash(f"other {index}".encode()) for index in range(3, 40))]
WITNESS = "deyang.example/witness"
NOON = 1_700_000_000


def ask(
    old: int, size: int, leaves: Sequence[bytes] = LEAVES, path: Sequence[bytes] | None = None
) -> AddCheckpoint:
    """What an honest log sends, unless told otherwise."""
    if path is None:
        path = consistency_path(leaves[:size], old) if old <= size else []
    checkpoint = Checkpoint(ORIGIN, size, root(leaves[:size]))
    return AddCheckpoint(old, tuple(path), sign_checkpoint(checkpoint, LOG, NOON))


def known(size: int, leaves: Sequence[bytes] = LEAVES) -> KnownLog:
    return KnownLog(ORIGIN, KEYS, size, root(leaves[:size]))


def refused(decision: Decision, status: int, code: str) -> bool:
    """Whether the decision refuses just so, and leaves the witness as it was."""
    problem = decision.problem
    assert decision.accepted is None
    assert problem is not None
    assert (decision.status, problem.code) == (status, code)
    if status != 409:
        assert decision.content_type == "application/problem+json"
        assert json.loads(decision.body)["code"] == code
    return True


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_log_that_grew_is_accepted(old: int, more: int) -> None:
    size = min(old + more, 40)
    request = parse_add_checkpoint(ask(old, size).encode())
    decision = decide(request, known(old))
    assert decision.status == 200
    assert decision.accepted == Checkpoint(ORIGIN, size, root(LEAVES[:size]))
    assert decision.problem is None


@given(st.integers(4, 40), st.integers(0, 36))
def test_a_log_that_changed_its_history_is_refused(old: int, more: int) -> None:
    size = min(old + more, 40)
    decision = decide(ask(old, size, FORKED), known(old))
    code = "witness_root_changed" if size == old else "witness_proof_wrong"
    assert refused(decision, 422, code)
    assert decision.forked is (size == old)


def test_400_for_every_body_that_is_malformed() -> None:
    for case in vector_cases("bad_add_checkpoints.json"):
        if case["code"] is None:
            assert parse_add_checkpoint(case_bytes(case)).encode() == case_bytes(case)
            continue
        with pytest.raises(Problem) as failed:
            parse_add_checkpoint(case_bytes(case))
        assert failed.value.code == case["code"], case["name"]
        assert refused(refusal(failed.value), 400, case["code"])


def test_413_for_a_body_past_the_limit() -> None:
    with pytest.raises(Problem) as failed:
        parse_add_checkpoint(b"x" * (REQUEST_BYTES_MAX + 1))
    assert refused(refusal(failed.value), 413, "note_too_large")


def test_404_for_a_log_that_is_not_known() -> None:
    assert refused(decide(ask(0, 5), None), 404, "witness_log_unknown")


def test_403_without_a_signature_of_the_log() -> None:
    stranger = (plain_key(NoteSigner(ORIGIN, ed25519("stranger"))),)
    decision = decide(ask(0, 5), replace(known(0), keys=stranger))
    assert refused(decision, 403, "note_unverified")


def test_403_where_a_known_keys_signature_fails() -> None:
    request = ask(0, 5)
    (own,) = request.note.signatures
    bad = NoteSignature(own.name, own.key_id, bytes(64))
    second = replace(request, note=replace(request.note, signatures=(own, bad)))
    assert refused(decide(second, known(0)), 403, "note_signature_invalid")


def test_403_where_the_key_is_another_logs() -> None:
    elsewhere = replace(known(0), origin="leshan.example/journal")
    assert refused(decide(ask(0, 5), elsewhere), 403, "checkpoint_origin_mismatch")


def test_signatures_of_unknown_keys_are_ignored() -> None:
    request = ask(0, 5)
    stray = cosign(request.checkpoint, ed25519("stray"), "stray", NOON)
    request = replace(request, note=request.note.with_signatures([stray]))
    assert decide(request, known(0)).status == 200


def test_400_where_the_old_size_is_past_the_checkpoint() -> None:
    """Before 409: the request contradicts itself, whatever the witness holds."""
    for held in (0, 3, 5, 9):
        assert refused(decide(ask(6, 5), known(held)), 400, "witness_old_size_ahead")


def test_409_with_the_size_last_cosigned() -> None:
    for old, held in ((0, 3), (2, 3), (4, 3), (5, 0)):
        decision = decide(ask(old, 5), known(held))
        assert refused(decision, 409, "witness_size_conflict")
        assert decision.content_type == "text/x.tlog.size"
        assert decision.body == f"{held}\n".encode()
        assert parse_size(decision.body) == held
        assert not decision.forked


def test_409_shows_a_fork_where_the_log_signed_another_root_of_that_size() -> None:
    decision = decide(ask(2, 5, FORKED), known(5))
    assert refused(decision, 409, "witness_size_conflict")
    assert decision.forked


def test_a_fork_is_claimed_of_the_log_only_where_it_signed() -> None:
    request = ask(5, 5, FORKED)
    (own,) = request.note.signatures
    bad = NoteSignature(own.name, own.key_id, bytes(64))
    decision = decide(replace(request, note=replace(request.note, signatures=(bad,))), known(5))
    assert refused(decision, 403, "note_signature_invalid")
    assert not decision.forked


def test_422_where_the_empty_tree_has_another_root() -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, LEAVES[0]), LOG, NOON)
    decision = decide(AddCheckpoint(0, (), note), known(0))
    assert refused(decision, 422, "witness_empty_root_wrong")
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG, NOON)
    assert decide(AddCheckpoint(0, (), note), known(0)).status == 200


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (0, 5, [LEAVES[0]]),
        (5, 5, [LEAVES[0]]),
        (3, 5, []),
        (3, 5, consistency_path(LEAVES[:5], 3)[:-1]),
        (3, 5, [*consistency_path(LEAVES[:5], 3), LEAVES[0]]),
        (3, 5, consistency_path(LEAVES[:5], 3)[::-1]),
        (3, 5, consistency_path(LEAVES[:6], 3)),
        (3, 5, [LEAVES[0]] * 63),
    ],
)
def test_422_where_the_proof_does_not_verify(old: int, size: int, path: list[bytes]) -> None:
    assert refused(decide(ask(old, size, LEAVES, path), known(old)), 422, "witness_proof_wrong")


def test_the_script_of_another_witness_is_answered_step_by_step() -> None:
    script = json.loads((VECTORS / "torchwood_witness.json").read_text("utf-8"))
    public = PublicKey("ed25519", bytes.fromhex(script["public"]))
    log = KnownLog(script["origin"], (NoteKey(script["origin"], SignatureType.ED25519, public),))
    for step in script["cases"]:
        try:
            request = parse_add_checkpoint(case_bytes(step))
            is_known = request.checkpoint.origin == log.origin
            decision = decide(request, log if is_known else None)
        except Problem as problem:
            decision = refusal(problem)
        assert decision.status == step["status"], step["name"]
        if decision.accepted:
            log = replace(log, size=decision.accepted.size, root=decision.accepted.root)
        if "answer" in step:
            assert decision.body == step["answer"].encode()
    assert log.size == 5


def test_two_requests_decided_on_one_state_must_not_both_be_stored() -> None:
    """The race that the standard warns of: the caller stores only on an unchanged size."""
    first, second = decide(ask(1, 5), known(1)), decide(ask(1, 3), known(1))
    assert first.accepted
    assert second.accepted
    stored = replace(known(1), size=first.accepted.size, root=first.accepted.root)
    assert refused(decide(ask(1, 3), stored), 409, "witness_size_conflict")


def test_the_answer_is_the_signature_lines_and_the_log_takes_them_over() -> None:
    request = ask(0, 5)
    decision = decide(request, known(0))
    assert decision.accepted
    classic = cosign(decision.accepted, ed25519("deyang"), WITNESS, NOON)
    modern = cosign(decision.accepted, ml_dsa_44("deyang"), WITNESS, NOON)
    stray = cosign(decision.accepted, ed25519("stray"), "stray", NOON)
    answer = cosigned(decision, [classic, modern, stray])
    assert (answer.status, answer.accepted) == (200, decision.accepted)
    assert answer.body == (classic.line() + modern.line() + stray.line()).encode()
    keys = [cosigner_key(WITNESS, make("deyang")) for make in (ed25519, ml_dsa_44)]
    note = with_cosignatures(request.note, answer.body, keys)
    assert note.signatures == (*request.note.signatures, classic, modern)
    assert cosigned_by(parse_note(note.encode()), keys) == {WITNESS: NOON}


def test_an_answer_that_does_not_verify_is_not_taken_over() -> None:
    request = ask(0, 5)
    other = cosign(ask(0, 6).checkpoint, ed25519("deyang"), WITNESS, NOON)
    with pytest.raises(Problem) as failed:
        with_cosignatures(
            request.note, other.line().encode(), [cosigner_key(WITNESS, ed25519("deyang"))]
        )
    assert failed.value.code == "note_signature_invalid"


@pytest.mark.parametrize("body", [b"", b"hello\n", b"\xff", b"\xe2\x80\x94 a AAAAAAAA"])
def test_an_answer_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as failed:
        with_cosignatures(ask(0, 5).note, body, [])
    assert failed.value.code == "witness_answer_malformed"


@pytest.mark.parametrize(
    "body", [b"", b"5", b"05\n", b"5\n\n", b"-5\n", b"\xff\n", b"5\r\n", b"9223372036854775808\n"]
)
def test_a_size_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as failed:
        parse_size(body)
    assert failed.value.code == "witness_answer_malformed"


@pytest.mark.parametrize(
    "change", [{"old_size": -1}, {"old_size": 2**63}, {"path": (LEAVES[0],) * 64}, {"path": (b"",)}]
)
def test_a_request_that_no_body_can_carry_is_not_made(change: dict[str, Any]) -> None:
    with pytest.raises(Problem) as failed:
        replace(ask(0, 5), **change)
    assert failed.value.code == "witness_request_malformed"


def test_the_monitoring_path_is_the_hash_of_the_origin() -> None:
    assert monitor_path("").startswith(EMPTY_ROOT.hex())
    assert monitor_path(ORIGIN).endswith("/checkpoint")


@given(st.binary(max_size=120))
def test_any_bytes_have_one_reading_or_none(data: bytes) -> None:
    whole = ask(3, 5).encode()
    for attempt in (data, b"old " + data, whole + data, data + whole):
        try:
            request = parse_add_checkpoint(attempt)
        except Problem:
            continue
        assert request.encode() == attempt
