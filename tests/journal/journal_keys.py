"""Signing keys of the journal's tests: from a seed, so that their vectors stay the same."""

import hashlib
import json
from pathlib import Path
from typing import Any

from hanse.foundation.keys import PrivateKey, from_secret

VECTORS = Path(__file__).resolve().parents[1] / "vectors"


def ed25519(seed: str) -> PrivateKey:
    """The Ed25519 key of a seed."""
    return from_secret("ed25519", hashlib.sha256(seed.encode()).digest())


def ml_dsa_44(seed: str) -> PrivateKey:
    """The ML-DSA-44 key of a seed."""
    return from_secret("ml-dsa-44", hashlib.sha256(seed.encode()).digest())


def vector_cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file of tests/vectors."""
    cases: list[dict[str, Any]] = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    assert cases
    return cases


def case_bytes(case: dict[str, Any]) -> bytes:
    """The input of a case: its text, or its hexadecimal where it is not text."""
    return bytes.fromhex(case["hex"]) if "hex" in case else str(case["text"]).encode()
