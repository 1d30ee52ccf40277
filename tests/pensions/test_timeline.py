"""RULES 1.2 in simulated time: `hanse pension timeline` on two nodes in memory."""

from datetime import date

import pytest
from click.testing import CliRunner

from hanse.cli.main import hanse
from hanse.cli.pension_timeline import run_timeline
from hanse.foundation.errors import Problem


def test_1_2_example_each_step_on_its_last_day() -> None:
    lines, moved = run_timeline(date(2026, 2, 9), fast=False)
    days = [line.on.isoformat() for line in lines]
    assert days == [
        "2026-02-09",
        "2026-03-06",
        "2026-03-20",
        "2026-03-27",
        "2026-03-27",
        "2026-04-20",
    ]
    assert "至2026年3月6日届满" in lines[0].due[0].zh
    assert "holidays not counted: 2026-02-15 to 2026-02-23" in lines[0].due[0].en
    assert lines[-1].due == ()
    assert moved > 12 * 6 * 12 * 600_000 // 100  # P, and the account beside it


def test_1_2_the_compressed_profile_ends_after_fifteen_working_days() -> None:
    lines, _ = run_timeline(date(2026, 3, 2), fast=True)
    assert lines[-1].on == date(2026, 3, 23)


def test_past_the_calendar_a_deadline_is_refused_and_not_guessed() -> None:
    with pytest.raises(Problem) as caught:
        run_timeline(date(2026, 12, 20), fast=False)
    assert "calendar_horizon_passed" in caught.value.detail.en or "horizon" in str(
        caught.value.hint.en
    )


def test_the_command_prints_the_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANSE_LANGUAGE", "zh")
    monkeypatch.setenv("COLUMNS", "120")
    done = CliRunner().invoke(hanse, ["pension", "timeline"])
    assert done.exit_code == 0, done.output
    refused = CliRunner().invoke(hanse, ["pension", "timeline", "--from", "2026-02-30"])
    assert refused.exit_code == 2
