"""DATEX II 3 (EN 16157, schema version 3.1): situation publications of notices, out and in.

Everything that DATEX has a word for stands in its own elements. What it has none for (the public's
turn, grounds and consultation, that a notice was lifted rather than ran out, place names, single
points) stands in extension elements where the schema allows them, so that a notice comes back as
it went out, and any DATEX client still reads the rest.
"""

from hanse.services.safety.traffic.formats.datex2_read import read
from hanse.services.safety.traffic.formats.datex2_write import write

__all__ = ["read", "write"]
