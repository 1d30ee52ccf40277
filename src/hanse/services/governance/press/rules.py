"""When an announcement may be drafted, approved and published. Pure; no store, no clock.

The policy has the cities publish authoritative information and says no more. That all whom a text
concerns approve it, and that a correction leaves the old version readable, is this service's rule.
"""

from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Signed
from hanse.mechanisms.league.joint_documents import check_charter, standing
from hanse.services.governance.press.contracts import Announcement, Change

PRESS_ID_WRONG = ProblemKind(
    "press_id_wrong",
    422,
    Text("公告编号须以起草城市代码开头", "An announcement's number begins with its drafting city"),
    Text("请使用{city}开头的编号", "Use a number that begins with {city}"),
)
PRESS_CONCERNED_WRONG = ProblemKind(
    "press_concerned_wrong",
    422,
    Text("所涉城市或签署数有误", "The cities concerned, or how many must sign, are wrong"),
    Text("须由全部所涉城市签署，且包括：{cities}", "All concerned sign, among them {cities}"),
)
PRESS_VERSION_WRONG = ProblemKind(
    "press_version_wrong",
    409,
    Text("公告版本不符", "That is not the announcement's next version"),
    Text("下一版本为{expected}", "The next version is {expected}"),
)
PRESS_PREVIOUS_WRONG = ProblemKind(
    "press_previous_wrong",
    409,
    Text("所更正的不是已发布的版本", "What it changes is not the published version"),
    Text("已发布版本摘要：{digest}", "The published version is {digest}"),
)
PRESS_RETRACTED = ProblemKind(
    "press_retracted",
    409,
    Text("公告已撤回", "The announcement was retracted"),
    Text("请起草新公告", "Draft another announcement"),
)
PRESS_INCOMPLETE = ProblemKind(
    "press_incomplete",
    409,
    Text("所涉城市尚未全部签署", "Not every city concerned has signed"),
    Text("尚需签署：{missing}", "Still to sign: {missing}"),
)
FIRST: Final = 1


def drafter_of(announcement: Announcement) -> str:
    """The city that drafted it and publishes it."""
    return announcement.id[:6]


def check_announcement(announcement: Announcement, charter: Charter) -> None:
    """Every city concerned signs, the drafting city among them, under the charter that it names."""
    check_charter(announcement, charter)
    drafter = drafter_of(announcement)
    if drafter not in charter.cities:
        raise PRESS_ID_WRONG(city=", ".join(charter.cities))
    concerned = announcement.signatories
    if drafter not in concerned or announcement.needed != len(concerned):
        raise PRESS_CONCERNED_WRONG(cities=drafter)


def check_next(announcement: Announcement, before: Announcement | None) -> None:
    """A version follows the published one, which it names; whom that concerned, this does too."""
    expected = FIRST if before is None else before.version + 1
    if announcement.version != expected:
        raise PRESS_VERSION_WRONG(expected=expected)
    if before is None:
        return
    if announcement.previous != before.digest:
        raise PRESS_PREVIOUS_WRONG(digest=before.digest)
    if before.change is Change.RETRACTION:
        raise PRESS_RETRACTED()
    lost = [city for city in before.signatories if city not in announcement.signatories]
    if lost:
        raise PRESS_CONCERNED_WRONG(cities=", ".join(lost))


def check_complete(signed: Signed[Announcement]) -> None:
    """Nothing is published that one of the cities concerned has not signed."""
    state = standing(signed)
    if not state.is_complete:
        raise PRESS_INCOMPLETE(missing=", ".join(state.missing))
