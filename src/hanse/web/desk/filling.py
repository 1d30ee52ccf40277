"""Forms that the node can fill: an operation answers with just what the form of a step asks for.

Nothing is declared for it. Where an operation's answer is the model of a step's form, and what the
case holds is what that operation asks for, the desk offers to fill the form by it.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from hanse.mechanisms.cases.contracts import CaseView
from hanse.mechanisms.cases.procedure import Action
from hanse.mechanisms.exchange.operations import Reach
from hanse.web.visit import Visit


def offers(visit: Visit, view: CaseView, action: Action) -> Sequence[tuple[str, dict[str, Any]]]:
    """The operations that fill this form, each with what it is asked."""
    found = []
    for operation in visit.node.registry.operations.values():
        fits = operation.answer is action.form and operation.reach is Reach.CITY
        if fits and visit.who.may(operation.name):
            asked = _asked(operation.request, view)
            if asked is not None:
                found.append((operation.name, asked))
    return found


def _asked(request: type[BaseModel], view: CaseView) -> dict[str, Any] | None:
    """The request made of what the steps of the case have said, or None where it can't be."""
    asked: dict[str, Any] = {}
    for name, field in request.model_fields.items():
        said = next((one for one in view.data.values() if _fits(field.annotation, one)), None)
        if said is not None:
            asked[name] = said
        elif field.is_required():
            return None
    return asked


def _fits(model: Any, said: Any) -> bool:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return False
    try:
        model.model_validate(said)
    except ValidationError:
        return False
    return True
