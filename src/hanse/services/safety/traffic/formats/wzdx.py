"""WZDx 4.2 work zone feeds of notices about road works, out and in.

Written is only what a feed for the public about works can hold; the rest is named as left out.
What WZDx has no member for travels in the foreign member `hanse_notice`, so that a notice comes
back as it went out, and any WZDx client reads the rest.
"""

from hanse.services.safety.traffic.formats.wzdx_read import KILOMETRE, MILE, read
from hanse.services.safety.traffic.formats.wzdx_write import Feed, LeftOut, LeftOutReason, write

__all__ = ["KILOMETRE", "MILE", "Feed", "LeftOut", "LeftOutReason", "read", "write"]
