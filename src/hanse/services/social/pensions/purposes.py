"""Why cities tell each other of a pension relation: what an agreement's grant must name."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

TRANSFER_PURPOSE: Final = Purpose(
    "pension-transfer", Text("养老保险关系转移接续", "Transfer of a pension relation")
)
