"""Why cities tell each other about joint meetings."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

CONFERENCE: Final = Purpose(
    "joint-conference", Text("联席会议工作", "The work of the joint meeting")
)
