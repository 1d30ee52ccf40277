"""Why cities tell each other their indicators and plans of work."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

BRIEFING: Final = Purpose("information-exchange", Text("经济信息交流", "Exchange of information"))
