"""The joint office's pages."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.joint import bodies, meetings, resolutions
from hanse.web.page import JOINT_OFFICE, OFFICERS, Page, Section

WORKERS: Final = JOINT_OFFICE | OFFICERS
READS: Final = ("conference.meetings", "conference.meeting")
RESOLUTIONS: Final = ("conference.resolutions", "conference.resolution")
QUERIES_OF_CALLS: Final = 80
DIGEST: Final = "sha-256:" + "0" * 64

JOINT: Final = Section(
    name="joint",
    title=Text("联席办公室", "Joint office"),
    package="hanse.web.joint",
    pages=(
        Page(
            "joint",
            "/joint",
            Text("联席办公室", "Joint office"),
            meetings.office,
            access=JOINT_OFFICE,
            needs=(*READS, *RESOLUTIONS),
            in_menu=True,
            queries_max=QUERIES_OF_CALLS,
        ),
        Page(
            "meetings",
            "/joint/meetings",
            Text("联席会议", "Joint meetings"),
            meetings.meetings_page,
            access=WORKERS,
            needs=READS,
            under="joint",
            queries_max=QUERIES_OF_CALLS,
        ),
        Page(
            "meeting",
            "/joint/meetings/{id}",
            Text("会议", "Meeting"),
            meetings.meeting_page,
            submit=meetings.decide_point,
            access=WORKERS,
            needs=(*READS, *RESOLUTIONS),
            under="joint",
            example={"id": "510100-2026-1"},
            queries_max=QUERIES_OF_CALLS,
        ),
        Page(
            "resolutions",
            "/joint/resolutions",
            Text("决议", "Resolutions"),
            resolutions.resolutions_page,
            access=WORKERS,
            needs=RESOLUTIONS,
            under="joint",
            queries_max=QUERIES_OF_CALLS,
        ),
        Page(
            "resolution",
            "/joint/resolutions/{digest}",
            Text("决议文本", "Resolution"),
            resolutions.resolution_page,
            submit=resolutions.act,
            access=WORKERS,
            needs=RESOLUTIONS,
            under="joint",
            example={"digest": DIGEST},
            form_bytes_max=resolutions.FORM_BYTES_MAX,
            queries_max=400,
        ),
        Page(
            "resolution_document",
            "/joint/resolutions/{digest}/document",
            Text("决议文件", "The document of a resolution"),
            resolutions.document,
            gives_file=True,
            access=WORKERS,
            needs=RESOLUTIONS,
            under="joint",
            example={"digest": DIGEST},
            queries_max=QUERIES_OF_CALLS,
        ),
        Page(
            "body",
            "/joint/bodies/{name}",
            Text("共同事务", "Common matters"),
            bodies.body_page,
            access=WORKERS,
            under="joint",
            example={"name": "forum"},
            queries_max=QUERIES_OF_CALLS,
        ),
    ),
)
