"""`python -m faults`: a day of the league on real processes under faults; exits with 1 if anything
was lost, done twice, or can't be verified. `--write` keeps the figures in docs/faults.md."""

import argparse
import json
import sys
from typing import Any

import uvloop

from faults.page import write_page
from faults.trial import Plan, clean, trial
from hanse.node import logs
from hanse.node.zone import League, read_league

SEEDS = 3


def league_of(count: int) -> League:
    """The first league with so many of its cities."""
    values = dict(read_league().values)
    cities = values["cities"][:count]
    return League(
        values | {"cities": cities, "threshold": count // 2 + 1, "witness_quorum": count - 1}
    )


def main(arguments: list[str]) -> None:
    """Run the trials that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many days")
    parser.add_argument("--cities", type=int, default=4, help="how many cities")
    parser.add_argument("--calm", action="store_true", help="the same days without faults")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/faults.md")
    asked = parser.parse_args(arguments)
    logs.configure()
    found: list[dict[str, Any]] = []
    for seed in range(asked.seed, asked.seed + asked.seeds):
        calm = uvloop.run(trial(Plan(league_of(asked.cities), seed, chaos=False)))
        one = calm
        if not asked.calm:
            one = uvloop.run(trial(Plan(league_of(asked.cities), seed)))
        one["digest_of_a_calm_day"] = calm["digest"]
        print(json.dumps(one, ensure_ascii=False), flush=True)
        found.append(one)
    if asked.write:
        write_page(found)
    sys.exit(0 if all(map(clean, found)) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
