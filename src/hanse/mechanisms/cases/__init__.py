"""Cases: a matter that travels between cities, by a procedure that is declared once.

    # a service's procedure.py
    TRANSFER = Procedure(name="social.pension_transfer", version=1, ...)

    SERVICE = Service(
        name="social.pensions",
        title=...,
        operations=(..., *operations_of(TRANSFER)),
        answer_handlers={..., **answer_handlers_of(TRANSFER)},
        refusal_handlers={..., **refusal_handlers_of(TRANSFER)},
        due=(due_of(TRANSFER),),
    )

A case is shared by the cities that have a seat in it. One of them keeps it: the keeper numbers the
steps, each with the digest of the one before, and hands them to the others. Whoever else acts
proposes its step to the keeper and sees it as proposed until it comes back with its number, or
with a refusal that changed nothing. All run the same `judge`; a city that cannot accept a numbered
step says so where everybody sees it.

What a service declares: `Procedure` with its `Role`s, `Stage`s (each of one of the few statuses
that all procedures share), `Flag`s, `Deadline`s and `Action`s. What it gets: `judge`, which alone
says what may be done; `take` for the steps that its own effects take; `operations_of`, the
exchange's and the desk's operations, which agreements grant by the matter's name, as in
`pension_transfer.*`; queues, progress, deadlines and `diagram`. See docs/cases.md.
"""

from hanse.mechanisms.cases.acting import take
from hanse.mechanisms.cases.actor import Actor, Seat
from hanse.mechanisms.cases.case import Case
from hanse.mechanisms.cases.diagram import diagram
from hanse.mechanisms.cases.family import Family
from hanse.mechanisms.cases.judge import Allowed, Move, Refusal, judge, possible
from hanse.mechanisms.cases.operations import (
    answer_handlers_of,
    due_of,
    families_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.cases.procedure import (
    OPENING,
    Action,
    Condition,
    Deadline,
    DocumentKind,
    Flag,
    FormTerm,
    NoForm,
    Procedure,
    Role,
    Stage,
    Status,
    SubjectKind,
)
from hanse.mechanisms.cases.step import Document, Step

__all__ = [
    "OPENING",
    "Action",
    "Actor",
    "Allowed",
    "Case",
    "Condition",
    "Deadline",
    "Document",
    "DocumentKind",
    "Family",
    "Flag",
    "FormTerm",
    "Move",
    "NoForm",
    "Procedure",
    "Refusal",
    "Role",
    "Seat",
    "Stage",
    "Status",
    "Step",
    "SubjectKind",
    "answer_handlers_of",
    "diagram",
    "due_of",
    "families_of",
    "judge",
    "operations_of",
    "possible",
    "refusal_handlers_of",
    "take",
]
