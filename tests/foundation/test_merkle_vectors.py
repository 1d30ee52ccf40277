"""The inclusion and consistency vectors of transparency-dev/merkle (Apache-2.0), good and bad.

RFC 9162 leaves some edges open, and that library closes them in its own way. Every vector on such
an edge is named here with our rule, so that neither a difference nor an agreement by accident
hides among the others.
"""

import hashlib
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from hanse.foundation.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion

EDGES = {
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json": (
        "its equal roots are 12 bytes of text, which the library never measures: ours refuses "
        "what is no hash"
    ),
    "consistency/additional/size1-is-zero-and-size2-is-not-zero.json": (
        "the library refuses every proof from size 0; C2SP tlog-witness takes an empty one, and "
        "ours does where both roots are hashes, which the second of this vector is not"
    ),
    "consistency/additional/size1-is-zero-and-does-not-equal-size2.json": (
        "refused by the library for size 0, by ours because the old root is not the empty tree's"
    ),
    "consistency/additional/sizes-are-equal-zero-and-proof-is-empty.json": (
        "refused by the library for size 0, by ours because the root is not the empty tree's"
    ),
    "inclusion/single-entry/empty-root-and-leaf.json": (
        "leaf and root are equal and empty: refused by both, since neither is a hash"
    ),
}
DIFFERENT = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"
DIFFERENT_WITH_HASHES = "consistency/additional/size1-is-zero-and-size2-is-not-zero.json"


def cases(folder: Path, kind: str) -> list[dict[str, Any]]:
    path = folder / "transparency_log" / f"merkle_{kind}_vectors.json"
    loaded: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    assert len(loaded) == 98
    assert {case["wantErr"] for case in loaded} == {True, False}
    return loaded


def decoded(case: dict[str, Any], name: str, real: bool) -> bytes:
    value = b64decode(case[name] or "")
    return hashlib.sha256(value).digest() if real and len(value) != 32 else value


def includes(case: dict[str, Any], real: bool = False) -> bool:
    path = [b64decode(one) for one in case["proof"] or []]
    leaf, root = decoded(case, "leafHash", real), decoded(case, "root", real)
    return verify_inclusion(leaf, case["leafIdx"], case["treeSize"], path, root)


def extends(case: dict[str, Any], real: bool = False) -> bool:
    path = [b64decode(one) for one in case["proof"] or []]
    first, second = decoded(case, "root1", real), decoded(case, "root2", real)
    return verify_consistency(case["size1"], first, case["size2"], second, path)


def test_all_98_inclusion_vectors_agree(shared_data: Path) -> None:
    for case in cases(shared_data, "inclusion"):
        assert includes(case) is not case["wantErr"], case["_file"]


def test_all_consistency_vectors_agree_but_one_whose_roots_are_no_hashes(
    shared_data: Path,
) -> None:
    loaded = cases(shared_data, "consistency")
    differing = [case["_file"] for case in loaded if extends(case) is case["wantErr"]]
    assert differing == [DIFFERENT]


def test_with_hashes_for_roots_only_the_proof_from_size_zero_differs(shared_data: Path) -> None:
    loaded = cases(shared_data, "consistency")
    differing = [case for case in loaded if extends(case, real=True) is case["wantErr"]]
    assert [case["_file"] for case in differing] == [DIFFERENT_WITH_HASHES]
    assert b64decode(differing[0]["root1"]) == EMPTY_ROOT


def test_every_named_edge_is_refused_as_given(shared_data: Path) -> None:
    answers = {case["_file"]: includes(case) for case in cases(shared_data, "inclusion")}
    answers |= {case["_file"]: extends(case) for case in cases(shared_data, "consistency")}
    for file, rule in EDGES.items():
        assert answers[file] is False, rule
