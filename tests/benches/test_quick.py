"""`python -m benches` works: a small section runs, and what it prints and keeps is whole."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benches", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_section_prints_its_row_of_the_table() -> None:
    kept = sorted((ROOT / "docs" / "benchmarks").glob("*"))
    before = [path.stat().st_mtime_ns for path in kept]
    done = run("quick", "signatures")
    assert done.returncode == 0, done.stderr
    section = [line for line in done.stdout.splitlines() if line.startswith("| signatures |")]
    assert len(section) == 1
    assert "deliveries_per_second_one_core" in section[0]
    assert [path.stat().st_mtime_ns for path in kept] == before, "a part of a run keeps nothing"


def test_an_unknown_section_is_refused_with_the_known_ones() -> None:
    done = run("nosuch")
    assert done.returncode != 0
    assert "nosuch" in done.stderr
    assert "growth" in done.stderr


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 2.0), (0.99, 4.0), (1.0, 4.0)])
def test_a_percentile_is_the_smallest_value_that_covers_its_share(
    share: float, expected: float
) -> None:
    from benches.timing import percentile

    assert percentile([4.0, 2.0, 1.0, 3.0], share) == expected
