"""One run: a list of steps, each with randomness of its own, so that any may be left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hanse.simulation.exchange_part import calm, heal, subscribe_all
from hanse.simulation.part import Part, Violation
from hanse.simulation.parts import ALWAYS, NEEDS, PARTS
from hanse.simulation.stores import OpenStore, memory_store
from hanse.simulation.world import FAULTS, World, found

CHECK_EVERY = 100
CITIES = 3
SPREAD = 3
"""Where all parts are in a run, each does so many times less beside a step than in one of its
own: a step of the whole league costs what it must."""


@dataclass(frozen=True)
class Result:
    """What became of a run."""

    seed: int
    steps: tuple[int, ...]
    cities: int
    faults: tuple[str, ...]
    digest: str
    failure: str | None
    failed_at: int | None
    history: list[str] = field(repr=False, default_factory=list)


def run(
    seed: int,
    steps: int | Sequence[int],
    *,
    cities: int = CITIES,
    faults: frozenset[str] = frozenset(FAULTS),
    open_store: OpenStore = memory_store,
    check_every: int = CHECK_EVERY,
    parts: frozenset[str] | None = None,
) -> Result:
    """Run steps of a seed; a broken invariant ends the run and is in the result.

    With `parts`, only those join the exchange and the league: to look at one of them closely.
    """
    chosen = range(steps) if isinstance(steps, int) else steps
    world = found(seed, cities, faults, open_store, chosen_parts(parts))
    failure, number = None, -1
    try:
        subscribe_all(world)
        for count, number in enumerate(chosen, 1):
            step(world, Random(f"{seed}/{number}"), number)
            beside(world, Random(f"{seed}/{number}/beside"), number, SPREAD if parts is None else 1)
            if count % check_every == 0:
                check(world, healed=False)
        rest(world, Random(f"{seed}/calm"))
        heal(world, Random(f"{seed}/heal"))
        check(world, healed=True)
    except Violation as violation:
        failure = str(violation)
    except Exception as error:  # the code under test may not fail in any undeclared way
        failure = f"{type(error).__name__}: {error}"
    finally:
        world.close()
    return Result(
        seed=seed,
        steps=tuple(chosen),
        cities=cities,
        faults=tuple(sorted(faults)),
        digest=world.digest.hexdigest(),
        failure=failure,
        failed_at=number if failure is not None else None,
        history=world.history,
    )


def chosen_parts(names: frozenset[str] | None) -> tuple[Part, ...]:
    """The parts of a run, by their names; all without any."""
    if names is None:
        return PARTS
    wanted = names.union(ALWAYS, *(NEEDS.get(name, ()) for name in names))
    return tuple(part for part in PARTS if part.name in wanted)


def step(world: World, rng: Random, number: int) -> None:
    """Let a little time pass and do one thing."""
    world.now += timedelta(milliseconds=rng.randrange(3_000))
    acts = [
        (weight, act)
        for part in world.parts
        for name, (weight, act) in part.load.items()
        if (fault := part.faults.get(name)) is None or fault in world.faults
    ]
    _, act = rng.choices(acts, [weight for weight, _ in acts])[0]
    words = act(world, rng)
    if words is not None:
        world.note(number, words)


def beside(world: World, rng: Random, number: int, spread: int) -> None:
    """Let happen what parts do beside a step: with all of them, each is the rarer."""
    for part in world.parts:
        for percent, act in (part.beside or {}).values():
            if rng.randrange(100 * spread) < percent and (words := act(world, rng)) is not None:
                world.note(number, words)


def rest(world: World, rng: Random) -> None:
    """No more faults; people do what lets every city learn what it missed."""
    calm(world)
    for part in world.parts:
        if part.calm is not None:
            part.calm(world, rng)


def check(world: World, *, healed: bool) -> None:
    """Every part's invariants."""
    for part in world.parts:
        part.check(world, healed)
