"""What the people of any procedure do in the simulation, and what must come of its messages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from hanse.mechanisms.cases import Case, Family, Procedure, possible
from hanse.mechanisms.cases import book as case_book
from hanse.mechanisms.cases.tables import cases
from hanse.simulation.acts import Called, called
from hanse.simulation.model import Book, Sent
from hanse.simulation.terms import ANSWER, BUREAU, DENIED, Taken, Term
from hanse.simulation.town import Town
from hanse.simulation.world import World

UNEXPECTED_SHARE = 0.1
CHANGED_MAX = 12
"""So many of a city's cases, those that moved last, are looked at for something to do."""
OVERTAKEN = frozenset(
    {
        "case_action_not_allowed",
        "case_condition_fails",
        "case_time_backwards",
        "case_keeper_elsewhere",
        "case_unknown",
    }
)
"""What a step may be refused for where another one came before it, or a clock is behind."""
FROM_ELSEWHERE = frozenset({"case_step_not_from_keeper"})
"""Steps of a new keeper may overtake the one that makes it the keeper."""


@dataclass
class Acknowledged:
    """The steps that a city told somebody it had numbered, by case and number: the digests."""

    steps: dict[tuple[str, int], str] = field(default_factory=dict)

    def note(self, answer: dict[str, Any]) -> None:
        """A city said that it numbered a step."""
        if answer.get("number") is not None:
            self.steps[answer["case"], answer["number"]] = answer["digest"]


After = Callable[[World, Town, Case, str, str, str | None], None]
"""Given the case, the role, the action, and its outcome where that was durable."""


def _nothing(*_given: object) -> None:
    """Most steps lead to nothing by themselves."""


@dataclass(frozen=True)
class Matter:
    """One procedure in the simulation."""

    procedure: Procedure
    agreement: str
    refusals: frozenset[str] = frozenset()
    """What its own rules may refuse, beside what any case may be refused for."""
    data: Callable[[World, Town, Case, str], dict[str, Any] | None] = lambda *given: {}
    """The form of an action; None: it cannot be filled in now."""
    never: frozenset[str] = frozenset()
    """Actions that nobody takes by chance."""
    expected: frozenset[str] | None = None
    """What is mostly done, where that is less than what may be done; None: anything."""
    after: After = _nothing
    """What follows from the outcome of a step at once."""
    who: str = BUREAU
    """The organisation that has the seats."""

    @property
    def name(self) -> str:
        """The matter's name, under which agreements grant."""
        return Family([self.procedure]).matter

    @property
    def terms(self) -> dict[str, Term]:
        """What must come of the procedure's messages between cities."""
        asked = ANSWER | OVERTAKEN | self.refusals
        return {
            f"{self.name}.open": self._term(asked, noting=True),
            f"{self.name}.propose": self._term(asked, noting=True),
            f"{self.name}.record": self._term(ANSWER | FROM_ELSEWHERE),
        }

    def _term(self, outcomes: frozenset[str], *, noting: bool = False) -> Term:
        def wanted(book: Book, taken: Taken) -> frozenset[str]:
            return outcomes

        def note(book: Book, taken: Taken, got: str, answer: dict[str, Any]) -> None:
            if noting:
                acknowledged(book).note(answer)

        return Term(self.agreement, self.procedure.purpose.code, wanted, taken=note)

    def call(self, world: World, town: Town, verb: str, data: dict[str, Any]) -> Called:
        """An agency starts a case or takes a step; what is numbered is noted for ever."""
        book = world.books[town.city]
        allowed = ANSWER | OVERTAKEN | self.refusals
        if not book.in_force(self.agreement, world.clock(town)):
            allowed |= DENIED

        def note(answer: dict[str, Any], sent: list[Sent]) -> None:
            acknowledged(book).note(answer)

        return called(
            world, town, f"{self.name}.{verb}", data, wanted=allowed, note=note, who=self.who
        )

    def act(self, world: World, rng: Random, town: Town) -> str | None:
        """The agency takes one of the steps that it may take in one of its open cases."""
        found = self.open_cases(town, CHANGED_MAX)
        if not found:
            return None
        case = rng.choice(found)
        choices = self.choices(town, case)
        if self.expected is not None and rng.random() > UNEXPECTED_SHARE:
            choices = [one for one in choices if one[1] in self.expected]
        if not choices:
            return None
        return self.take(world, town, case, *rng.choice(choices)).words

    def take(self, world: World, town: Town, case: Case, role: str, action: str) -> Called:
        """Take a step in a case."""
        data = self.data(world, town, case, action)
        if data is None:
            return Called()
        done = self.step(world, town, case, role, action, data)
        self.after(world, town, case, role, action, done.outcome)
        return done

    def step(
        self, world: World, town: Town, case: Case, role: str, action: str, data: dict[str, Any]
    ) -> Called:
        """Take a step whose form is filled in."""
        asked = {"case": case.id, "role": role, "action": action, "data": data, "reason": "trial"}
        return self.call(world, town, "act", asked)

    def choices(
        self, town: Town, case: Case, *, expected_only: bool = False
    ) -> list[tuple[str, str]]:
        """What the city's agency may do now: role and action."""
        return [
            (role, action.name)
            for role in case.roles_of(town.city, self.who)
            for action in possible(self.procedure, case, role)
            if action.name not in self.never and (action.is_expected or not expected_only)
        ]

    def open_cases(self, town: Town, limit: int | None = None) -> list[Case]:
        """The city's open cases of this procedure; with a limit, those that moved last."""
        query = select(cases).where(cases.c.is_open, cases.c.procedure == self.procedure.name)
        query = query.order_by(cases.c.changed_at_ms.desc(), cases.c.case_id).limit(limit)
        rows = town.read(lambda tx: tx.rows(query))
        # Sorted here: stores order equal instants and texts in ways of their own.
        return sorted(map(case_book.case_of, rows), key=lambda case: case.id)

    def finish(self, world: World) -> int:
        """Every agency does what its open cases wait for; gives how much was done."""
        done = 0
        for town in world.towns:
            for case in self.open_cases(town):
                choices = self.choices(town, case, expected_only=True)
                if self.expected is not None:
                    choices = [one for one in choices if one[1] in self.expected]
                if choices and self.take(world, town, case, *choices[0]).words:
                    done += 1
        return done


def acknowledged(book: Book) -> Acknowledged:
    """The steps that this city said it had numbered."""
    found: Acknowledged = book.parts["cases"]
    return found
