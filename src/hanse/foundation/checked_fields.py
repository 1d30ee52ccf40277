"""A check that raises a `Problem`, as a pydantic field type that reports the same stable code."""

from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from hanse.foundation.errors import Problem


def refused_field(problem: Problem) -> PydanticCustomError:
    """A refusal as pydantic reports it: its code as the type, its words, never the value."""
    words = {
        "zh": f"{problem.detail.zh}。{problem.hint.zh}",
        "en": f"{problem.detail.en}. {problem.hint.en}",
    }
    return PydanticCustomError(problem.code, "{zh} / {en}", words)


def checked_by(check: Callable[[str], str]) -> BeforeValidator:
    """A validator for `Annotated[str, ...]` that runs `check` before pydantic's own constraints.

    Before, so that each failure keeps its own code; the constraints stay for the JSON Schema.
    """

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return check(value)
        except Problem as problem:
            raise refused_field(problem) from None

    return BeforeValidator(validate)
