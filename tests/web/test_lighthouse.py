"""Lighthouse gives the portal at least 95 for accessibility and for best practices."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.node.running import Running
from tests.web.conftest import HOME
from tests.web.npm_tools import environment, installed

LEAST = 0.95
SECONDS_MAX = 110
SOURCE = Path(__file__).parent / "lighthouse"


@pytest.mark.skipif(
    not os.environ.get("HANSE_TEST_EVERYWHERE"),
    reason="Lighthouse brings 170 MB of packages: make everywhere runs it",
)
@pytest.mark.parametrize("path", ["/", "/services", "/verify"])
def test_the_portal_is_given_95_or_more(
    site: Running, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not on this machine (Debian: apt-get install chromium)")
    folder = installed(tmp_path_factory.mktemp("lighthouse"), SOURCE)
    found = folder / "found.json"
    command = [
        "node",
        "node_modules/lighthouse/cli/index.js",
        site.zone.addresses[HOME] + path,
        "--only-categories=accessibility,best-practices",
        "--output=json",
        f"--output-path={found}",
        "--chrome-flags=--headless=new --no-sandbox",
        "--quiet",
    ]
    subprocess.run(
        command,
        cwd=folder,
        env=environment() | {"CHROME_PATH": chromium},
        check=True,
        capture_output=True,
        timeout=SECONDS_MAX,
    )
    categories = json.loads(found.read_text("utf-8"))["categories"]
    scores = {name: one["score"] for name, one in categories.items()}
    assert min(scores.values()) >= LEAST, scores
