"""Joint announcements: drafted, approved by all concerned, published signed, corrected openly."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.press import approving, public, reading
from hanse.services.governance.press.face import PRESS

SERVICE = Service(
    name="governance.press",
    title=Text("联合公告", "Joint announcements"),
    operations=(*approving.OPERATIONS, *reading.OPERATIONS),
    topics=(approving.published,),
    public_faces=(PRESS,),
    summary=public.SUMMARY,
    publications=(public.PUBLICATION,),
)
