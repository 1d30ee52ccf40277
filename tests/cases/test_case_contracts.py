"""Every field of every operation of a procedure is titled in both languages."""

from typing import Any

import pytest

from hanse.mechanisms.cases import operations_of
from hanse.mechanisms.exchange.operations import Operation
from tests.cases.trial import MOVE


@pytest.mark.parametrize("operation", operations_of(MOVE), ids=lambda one: one.name)
def test_every_field_is_titled_in_both_languages(operation: Operation) -> None:
    assert operation.title.zh.startswith(MOVE.title.zh)
    assert operation.description
    for model in (operation.request, operation.answer):
        schema: dict[str, Any] = model.model_json_schema()
        for name, found in {"": schema, **schema.get("$defs", {})}.items():
            if name == "Text":
                continue
            for field, value in found.get("properties", {}).items():
                assert value.get("x-title", {}).keys() == {"zh", "en"}, (name, field)
