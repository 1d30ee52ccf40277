"""The package's build: what pyproject.toml says, and before it the files of the pages' scripts."""

import runpy
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUILD = Path(__file__).parent / "src" / "hanse" / "web" / "build.py"


class WithPages(build_py):
    """Python modules, with the scripts of the pages where npm can fetch them."""

    def run(self) -> None:
        """Build the scripts into the source tree, from where they are packaged."""
        wrong = runpy.run_path(str(BUILD))["build"]()
        if wrong:
            sys.stderr.write(f"the pages go without scripts: {wrong}\n")
        super().run()


setup(cmdclass={"build_py": WithPages})
