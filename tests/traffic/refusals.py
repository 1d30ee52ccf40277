"""How the tests of this folder state a refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from hanse.foundation.errors import Problem, ProblemKind


def refused(kind: ProblemKind, call: Callable[..., Any], *arguments: Any) -> Problem:
    """That the call is refused for this reason, in both languages, and changes no argument."""
    before = [repr(argument) for argument in arguments]
    with pytest.raises(Problem) as caught:
        call(*arguments)
    assert caught.value.kind is kind
    assert caught.value.hint.zh
    assert caught.value.hint.en
    assert [repr(argument) for argument in arguments] == before
    return caught.value
