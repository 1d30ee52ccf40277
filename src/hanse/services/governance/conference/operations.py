"""Joint meetings, what they resolve, and who carries it out by when."""

from hanse.foundation.languages import Text
from hanse.mechanisms.cases import (
    answer_handlers_of,
    due_of,
    operations_of,
    refusal_handlers_of,
)
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.conference import meetings, resolutions
from hanse.services.governance.conference.follow_up import FOLLOW_UP
from hanse.services.governance.conference.rules import DEFAULTS

SERVICE = Service(
    name="governance.conference",
    title=Text("联席会议与决议", "Joint meetings and resolutions"),
    operations=(*meetings.OPERATIONS, *resolutions.OPERATIONS, *operations_of(FOLLOW_UP)),
    topics=(meetings.meeting_received, resolutions.resolution_received),
    answer_handlers={
        "conference.point": meetings.point_answered,
        **answer_handlers_of(FOLLOW_UP),
    },
    refusal_handlers={
        "conference.point": meetings.point_refused,
        **refusal_handlers_of(FOLLOW_UP),
    },
    due=(due_of(FOLLOW_UP),),
    parameters=DEFAULTS,
    summary=Text(
        "各市召开联席会议，共同议定事项，签署决议并跟踪落实",
        "The cities meet, decide together, sign what they resolve and follow it up",
    ),
)
