"""Decimal figures: digits in text, exact there and back; a float is no figure."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from hanse.foundation.figures import FIGURE_CHARS_MAX, Figure, Reckoned, plain


class Form(BaseModel):
    figure: Figure
    reckoned: Reckoned | None = None


@given(st.decimals(-(10**16) + 1, 10**16 - 1, places=4))
def test_a_figure_is_the_same_there_and_back(figure: Decimal) -> None:
    written = Form(figure=figure).model_dump_json()
    assert Form.model_validate_json(written).figure == figure
    assert len(plain(figure)) <= FIGURE_CHARS_MAX


@pytest.mark.parametrize(
    "value",
    ["", "1e3", "1E+3", ".5", "5.", "+1", "--1", "1.00000", "1" * 17, "NaN", "Infinity", "１", " 1",
     "1\n", 1.5, True, None, Decimal("NaN"), Decimal("1E-5")],
)  # fmt: skip
def test_what_is_no_figure_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Form(figure=value)


def test_a_reckoned_figure_is_written_without_an_exponent() -> None:
    form = Form(figure=Decimal(4), reckoned=Decimal(4).scaleb(6))
    assert form.model_dump(mode="json") == {"figure": "4", "reckoned": "4000000"}


def test_the_schema_says_what_is_taken() -> None:
    schema = Form.model_json_schema()["properties"]["figure"]
    assert (schema["type"], schema["maxLength"]) == ("string", FIGURE_CHARS_MAX)
