"""Why cities tell each other about experts and ask them."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

EXPERTS: Final = Purpose("expert-consultation", Text("专家咨询", "Expert consultation"))
"""Asking an expert, and whatever an expert's city says of its experts."""
