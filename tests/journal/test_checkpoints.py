"""Checkpoints as text, and the bytes that cosigners sign over them (C2SP tlog-checkpoint)."""

from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.mechanisms.journal.checkpoints import (
    Checkpoint,
    cosignature_message,
    parse_checkpoint,
)
from tests.journal.journal_keys import case_bytes, vector_cases

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
CHECKPOINT = Checkpoint("example.com/behind-the-sofa", 20852163, ROOT)


def test_the_example_of_the_standard_is_read_and_written() -> None:
    assert parse_checkpoint(TEXT) == CHECKPOINT
    assert CHECKPOINT.text() == TEXT


@pytest.mark.parametrize(
    "case", vector_cases("bad_checkpoints.json"), ids=lambda case: case["name"]
)
def test_malformed_checkpoints_are_refused(case: dict[str, Any]) -> None:
    text = case_bytes(case).decode()
    if case["code"] is None:
        assert parse_checkpoint(text).text() == text
        return
    with pytest.raises(Problem) as refused:
        parse_checkpoint(text)
    assert refused.value.code == case["code"]
    assert refused.value.kind.status == 400


lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
checkpoints = st.builds(
    Checkpoint,
    origin=lines,
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(lines, max_size=3).map(tuple),
)


@given(checkpoints)
def test_any_checkpoint_is_written_and_read_back(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(checkpoint.text()) == checkpoint


@given(st.text(max_size=80), st.text(max_size=60))
def test_any_text_has_one_reading_or_none(text: str, end: str) -> None:
    for attempt in (text, TEXT + end, text + TEXT):
        try:
            checkpoint = parse_checkpoint(attempt)
        except Problem:
            continue
        assert checkpoint.text() == attempt


@pytest.mark.parametrize(
    ("origin", "size", "root", "extensions", "code"),
    [
        ("", 1, ROOT, (), "checkpoint_origin_invalid"),
        ("a\nb", 1, ROOT, (), "checkpoint_origin_invalid"),
        ("\udc00", 1, ROOT, (), "checkpoint_origin_invalid"),
        ("志" * 86, 1, ROOT, (), "checkpoint_origin_invalid"),
        ("a", -1, ROOT, (), "checkpoint_size_invalid"),
        ("a", 2**63, ROOT, (), "checkpoint_size_invalid"),
        ("a", 1, b"", (), "checkpoint_root_invalid"),
        ("a", 1, ROOT, ("",), "checkpoint_extension_invalid"),
        ("a", 1, ROOT, ("a\nb",), "checkpoint_extension_invalid"),
    ],
)
def test_what_no_checkpoint_can_say_is_not_made(
    origin: str, size: int, root: bytes, extensions: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Problem) as refused:
        Checkpoint(origin, size, root, extensions)
    assert refused.value.code == code


def test_an_ed25519_cosigner_signs_the_time_and_the_whole_text() -> None:
    """The message that the standard prints for its example."""
    extended = Checkpoint(CHECKPOINT.origin, CHECKPOINT.size, ROOT, ("more",)).text()
    assert cosignature_message(TEXT, 1679315147).decode() == (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert cosignature_message(extended, 1).endswith(b"=\nmore\n")


def test_an_ml_dsa_cosigner_signs_the_structure_of_the_standard() -> None:
    message = CHECKPOINT.subtree_message("witness.example.com/w1", 1679315147)
    assert message == b"".join(
        (
            b"subtree/v1\n\x00",
            b"\x16witness.example.com/w1",
            bytes.fromhex("00000000641850cb"),
            b"\x1bexample.com/behind-the-sofa",
            bytes.fromhex("0000000000000000"),
            bytes.fromhex("00000000013e2dc3"),
            ROOT,
        )
    )
    extended = Checkpoint(CHECKPOINT.origin, CHECKPOINT.size, ROOT, ("more",))
    assert extended.subtree_message("witness.example.com/w1", 1679315147) == message


@pytest.mark.parametrize("time_seconds", [-1, 2**63])
def test_a_time_out_of_range_is_not_signed(time_seconds: int) -> None:
    with pytest.raises(Problem) as refused:
        cosignature_message(TEXT, time_seconds)
    assert refused.value.code == "cosignature_time_invalid"
    with pytest.raises(Problem) as refused:
        CHECKPOINT.subtree_message("w", time_seconds)
    assert refused.value.code == "cosignature_time_invalid"
