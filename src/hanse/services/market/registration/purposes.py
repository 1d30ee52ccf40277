"""Why cities tell and ask each other about registration."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

REGISTRATION: Final = Purpose(
    "business-registration", Text("市场主体登记跨市通办", "Registration at any window")
)
"""Also that of the procedures: an agreement grants them by their matter and this purpose."""
UNIFORMITY: Final = Purpose(
    "uniform-conditions", Text("核对统一登记条件", "Comparing the uniform conditions")
)
