"""Why a delivery did not come through, as its courier and the operator see it."""

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

PEER_UNREACHABLE = ProblemKind(
    "peer_unreachable",
    502,
    Text("无法连接对方节点", "The peer's node can't be reached"),
    Text("将自动重试：{reason}", "It will be tried again: {reason}"),
    retry=True,
)
PEER_REFUSED = ProblemKind(
    "peer_refused_delivery",
    502,
    Text("对方节点未接受投递", "The peer's node did not take the delivery"),
    Text(
        "状态 {status}，代码 {code}；将自动重试",
        "Status {status}, code {code}; it will be tried again",
    ),
    retry=True,
)
LATER_WANTED = ProblemKind(
    "peer_wants_it_later",
    503,
    Text("对方要求稍后再发", "The peer wants the message later"),
    Text("将自动重试", "It will be tried again"),
    retry=True,
)
