"""A failing seed, made short: fewer faults, fewer cities, fewer steps, by delta debugging."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hanse.foundation.languages import Text
from hanse.simulation.run import Result

Attempt = Callable[[Sequence[int], int, frozenset[str]], Result]
ATTEMPTS_MAX = 250
CITIES_MIN = 2
_TITLE = Text(
    "种子 {seed} 违反：{failure}\n{cities} 座城市，故障：{faults}；共 {count} 步:\n{steps}",
    "Seed {seed} breaks: {failure}\n{cities} cities, faults: {faults}; {count} steps:\n{steps}",
)


@dataclass
class Shrinker:
    """Counts its attempts, and keeps the shortest run that breaks the same rule."""

    attempt: Attempt
    best: Result
    left: int = ATTEMPTS_MAX

    def still_fails(self, steps: Sequence[int], cities: int, faults: frozenset[str]) -> bool:
        """Whether the shorter run breaks the same rule; then it is the best one."""
        if self.left <= 0:
            return False
        self.left -= 1
        result = self.attempt(steps, cities, faults)
        if result.failure is None or rule(result) != rule(self.best):
            return False
        self.best = result
        return True


def rule(result: Result) -> str:
    """The rule that a run broke, without its particulars."""
    return (result.failure or "").partition(":")[0]


def shrink(failing: Result, attempt: Attempt) -> Result:
    """The shortest run found that breaks the same rule."""
    at = failing.failed_at
    shrinker = Shrinker(attempt, failing)
    upto = [number for number in failing.steps if at is None or number <= at]
    shrinker.still_fails(upto, failing.cities, frozenset(failing.faults))
    for fault in failing.faults:
        best = shrinker.best
        shrinker.still_fails(best.steps, best.cities, frozenset(best.faults) - {fault})
    for cities in range(failing.cities - 1, CITIES_MIN - 1, -1):
        shrinker.still_fails(shrinker.best.steps, cities, frozenset(shrinker.best.faults))
    _fewer_steps(shrinker)
    return shrinker.best


def _fewer_steps(shrinker: Shrinker) -> None:
    size = max(1, len(shrinker.best.steps) // 2)
    while size and shrinker.left:
        start, removed = 0, False
        while start < len(shrinker.best.steps):
            steps = shrinker.best.steps
            fewer = steps[:start] + steps[start + size :]
            best = shrinker.best
            if shrinker.still_fails(fewer, best.cities, frozenset(best.faults)):
                removed = True
            else:
                start += size
        size = size // 2 if not removed or size > 1 else 1
        if size == 1 and not removed:
            break


def story(result: Result) -> Text:
    """A failing run in words, in both languages."""
    return _TITLE.format(
        seed=result.seed,
        failure=result.failure,
        cities=result.cities,
        faults=", ".join(result.faults) or "-",
        count=len(result.steps),
        steps="\n".join(f"  {line}" for line in result.history),
    )
