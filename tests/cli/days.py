"""A day of three cities, for the tests."""

import asyncio
from pathlib import Path
from typing import Any

from hanse.cli.day.play import play_day
from tests.node.running import small_league


def small_day(folder: Path, seed: int) -> dict[str, Any]:
    """One day of three cities; gives its summary."""
    league = small_league("510100", "510600", "510700")
    return asyncio.run(play_day(folder, seed, show_progress=False, league=league))
