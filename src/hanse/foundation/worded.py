"""Coded values with their names: closed lists whose members carry what people read.

class Kind(Worded):
    ACCIDENT = "accident", "交通事故", "Accident"

Kind.ACCIDENT == "accident"; Kind.ACCIDENT.text.zh
"""

from enum import StrEnum
from typing import Any, Self

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from hanse.foundation.languages import Text


class Worded(StrEnum):
    """A code with its name: `MEMBER = code, Chinese, English`. None can lack a name."""

    _value_: str
    text: Text

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        """A member; the code is its value."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = Text(zh, en)
        return member

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON Schema, with the names of the codes under `x-labels`."""
        json_schema = handler.resolve_ref_schema(handler(schema))
        json_schema["x-labels"] = {member.value: member.text.as_dict() for member in cls}
        return json_schema
