"""Why cities ask each other about retirees."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

CERTIFICATION: Final = Purpose(
    "retiree-certification",
    Text("领取待遇资格认证", "Certification of entitlement to benefits"),
)
UNIFORMITY: Final = Purpose(
    "uniform-measures", Text("核对统一办法", "Comparing the uniform measures")
)
