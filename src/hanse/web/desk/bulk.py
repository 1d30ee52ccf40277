"""The same step for many cases at once: each is its own call, and each says what became of it."""

from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.identity import new_id
from hanse.foundation.languages import Text
from hanse.mechanisms.cases.procedure import known
from hanse.mechanisms.exchange.faces import Refused
from hanse.web.desk.families import family_of
from hanse.web.desk.queues import ROWS_PER_PAGE, bulk_choices, in_bulk, queue_of, rows_of
from hanse.web.outcomes import problem_of
from hanse.web.page import Result, Shown
from hanse.web.visit import Visit

CHOSEN: Final = "case."
BULK_NOT_FOR_THIS = ProblemKind(
    "desk_bulk_not_for_this",
    422,
    Text("该步骤不能批量办理", "That step can't be taken for many cases at once"),
    Text("请逐件办理", "Take it case by case"),
)
BULK_NOTHING_CHOSEN = ProblemKind(
    "desk_bulk_nothing_chosen",
    422,
    Text("未选择案件", "No case was chosen"),
    Text("请在列表中勾选案件", "Tick the cases in the list"),
)


@dataclass(frozen=True)
class Done:
    """What became of one case."""

    case: str
    problem: Problem | None


async def take_all(visit: Visit) -> Result:
    """Take the chosen step for every ticked case; one that is refused does not stop the others."""
    family = family_of(visit)
    action = next(
        (one for one in in_bulk(family) if one.name == visit.form.get("action", "")), None
    )
    if action is None:
        raise BULK_NOT_FOR_THIS()
    chosen = [
        name.removeprefix(CHOSEN).rpartition("/")
        for name, value in visit.form.items()
        if name.startswith(CHOSEN) and value
    ][:ROWS_PER_PAGE]
    if not chosen:
        raise BULK_NOTHING_CHOSEN()
    results = []
    for case, _, role in chosen:
        data = {"case": case, "role": role, "action": action.name}
        key = f"{visit.form.get('key', '')}-{case}-{role}-{action.name}"
        try:
            outcome = await visit.call(f"{family.matter}.act", data, key=key)
            refused = problem_of(outcome) if isinstance(outcome, Refused) else None
            results.append(Done(case, refused))
        except Problem as problem:
            results.append(Done(case, problem))
    rows, cursor = await rows_of(visit, family, ROWS_PER_PAGE)
    return Shown(
        "desk/queue.html",
        {
            "queue": queue_of(family),
            "family": family,
            "rows": rows,
            "cursor": cursor,
            "role": None,
            "roles": family.newest.roles,
            "bulk": bulk_choices(family, rows),
            "results": results,
            "key": new_id(visit.node.randomness),
            "done": known(family.newest.action(action.name)).title,
        },
    )
