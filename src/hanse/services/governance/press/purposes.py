"""Why cities tell each other about joint announcements."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Purpose

PUBLICATION: Final = Purpose("joint-publication", Text("联合发布", "Joint publication"))
