"""Why cities tell each other about the forum."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

FORUM: Final = Purpose("joint-forum", Text("联合举办论坛", "The joint forum"))
