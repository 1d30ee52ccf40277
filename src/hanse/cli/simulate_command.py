"""`hanse simulate`: the whole league in one thread, under faults, from a seed."""

import itertools
import sys

import click
from sqlalchemy import Engine, text

from hanse.cli.output import language, out, print_json, say
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.simulation.parts import ALWAYS, PARTS
from hanse.simulation.run import CITIES, Result, run
from hanse.simulation.shrink import shrink, story
from hanse.simulation.stores import OpenStore, memory_store
from hanse.simulation.world import FAULTS


@click.command()
@click.option("--seed", type=int, default=0, show_default=True, help="种子 / Seed")
@click.option("--seeds", type=click.IntRange(1), default=1, help="连续种子数 / How many seeds")
@click.option(
    "--steps", type=click.IntRange(1), default=1000, show_default=True, help="步数 / Steps"
)
@click.option("--cities", type=click.IntRange(2, 5), default=CITIES, show_default=True)
@click.option(
    "--faults",
    default="all",
    show_default=True,
    help=f"故障：all、none 或逗号分隔 / Faults, comma-separated: all, none, {','.join(FAULTS)}",
)
@click.option(
    "--parts",
    default="all",
    show_default=True,
    help="参与的部分 / Parts beside exchange and league, comma-separated: all, "
    + ",".join(part.name for part in PARTS if part.name not in ALWAYS),
)
@click.option(
    "--store", default="sqlite", show_default=True, help="存储 / Store: sqlite | postgresql://..."
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def simulate(
    seed: int,
    seeds: int,
    steps: int,
    cities: int,
    faults: str,
    parts: str,
    store: str,
    as_json: bool,
) -> None:
    """确定性仿真 / Simulate the league; exits with 1 where an invariant breaks."""
    chosen, joined = _faults(faults), _parts(parts)
    open_store = memory_store if store == "sqlite" else _schemas(store)
    broken = False
    for number in range(seed, seed + seeds):
        result = run(
            number, steps, cities=cities, faults=chosen, open_store=open_store, parts=joined
        )
        if result.failure is not None:
            broken = True
            result = shrink(
                result,
                lambda few, count, kinds, of=number: run(  # type: ignore[misc]
                    of,
                    few,
                    cities=count,
                    faults=kinds,
                    open_store=open_store,
                    check_every=20,
                    parts=joined,
                ),
            )
        _show(result, as_json)
    if broken:
        sys.exit(1)


def _show(result: Result, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "seed": result.seed,
                "steps": len(result.steps),
                "digest": result.digest,
                "failure": result.failure,
                "history": result.history if result.failure else [],
            }
        )
    elif result.failure is None:
        words = Text(
            "种子 {seed}：无违反，摘要 {digest}", "Seed {seed}: all holds, digest {digest}"
        )
        say(words, seed=result.seed, digest=result.digest)
    else:
        out.print(story(result).in_language(language()), markup=False, highlight=False)


def _faults(names: str) -> frozenset[str]:
    if names in ("all", "none"):
        return frozenset(FAULTS if names == "all" else ())
    chosen = frozenset(names.split(","))
    if not chosen <= set(FAULTS):
        raise click.BadParameter(f"{sorted(chosen - set(FAULTS))} / {', '.join(FAULTS)}")
    return chosen


def _parts(names: str) -> frozenset[str] | None:
    if names == "all":
        return None
    chosen, known = frozenset(names.split(",")), {part.name for part in PARTS}
    if not chosen <= known:
        raise click.BadParameter(f"{sorted(chosen - known)} / {', '.join(sorted(known))}")
    return chosen


def _schemas(url: str) -> OpenStore:
    """One schema of the given PostgreSQL database for each city of each run, emptied first."""
    runs = itertools.count()

    def open_one(city: str) -> Engine:
        schema = f"simulated_{city}_{next(runs)}"
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        engine.dispose()
        joint = "&" if "?" in url else "?"
        return open_engine(f"{url}{joint}options=-csearch_path%3D{schema}")

    return open_one
