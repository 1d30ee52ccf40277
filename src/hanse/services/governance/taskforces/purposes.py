"""Why cities tell each other about the special groups."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

TASKFORCES: Final = Purpose("special-groups", Text("专题工作组工作", "The special groups' work"))
