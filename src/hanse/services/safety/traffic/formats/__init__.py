"""Traffic notices in the standard formats of the field: DATEX II 3 and WZDx 4.2, out and in."""

from hanse.services.safety.traffic.formats.datex2_read import read_datex2
from hanse.services.safety.traffic.formats.datex2_write import write_datex2
from hanse.services.safety.traffic.formats.reading import Dropped, Reading, Unread, UnreadReason
from hanse.services.safety.traffic.formats.wzdx_read import read_wzdx
from hanse.services.safety.traffic.formats.wzdx_write import LeftOut, LeftOutReason, write_wzdx

__all__ = [
    "Dropped",
    "LeftOut",
    "LeftOutReason",
    "Reading",
    "Unread",
    "UnreadReason",
    "read_datex2",
    "read_wzdx",
    "write_datex2",
    "write_wzdx",
]
