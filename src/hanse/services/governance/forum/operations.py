"""The forum: sponsored by all members, hosted in turn, turns swapped by agreement of both."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.forum import editions, submitting, swapping
from hanse.services.governance.forum.face import CALENDAR
from hanse.services.governance.forum.rules import DEFAULTS

SERVICE = Service(
    name="governance.forum",
    title=Text("建设发展论坛", "Construction and development forum"),
    operations=(*editions.OPERATIONS, *swapping.OPERATIONS, *submitting.OPERATIONS),
    topics=(editions.edition_received, swapping.swapped),
    answer_handlers={
        "forum.swap": swapping.swap_answered,
        "forum.submission": submitting.submission_answered,
    },
    refusal_handlers={
        "forum.swap": swapping.swap_refused,
        "forum.submission": submitting.submission_refused,
    },
    public_faces=(CALENDAR,),
    parameters=DEFAULTS,
    summary=Text(
        "各市轮流承办的建设发展论坛：征文、议程与日历",
        "The forum that the cities host in turn: calls for papers, programme and calendar",
    ),
)
