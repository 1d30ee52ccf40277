"""Charters between nodes: `{"charters": [...]}`, each a signed document as it stands."""

from typing import Any, Final

import orjson

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

CHARTER_PATH: Final = "/hanse/v1/charter"
CHARTERS_AT_ONCE_MAX: Final = 50
CHARTERS_MALFORMED = ProblemKind(
    "charters_malformed",
    400,
    Text("章程列表格式错误", "The list of charters is malformed"),
    Text(
        "请发送含 1 至 {count_max} 个签名文件的 charters",
        "Send charters with 1 to {count_max} signed documents",
    ),
)


def charters_in(value: Any) -> list[bytes]:
    """The documents of an answer or a request, as bytes; they are verified elsewhere."""
    documents = value.get("charters") if isinstance(value, dict) else None
    if not isinstance(documents, list) or len(documents) > CHARTERS_AT_ONCE_MAX:
        raise CHARTERS_MALFORMED(count_max=CHARTERS_AT_ONCE_MAX)
    try:
        return [orjson.dumps(one) for one in documents]
    except orjson.JSONEncodeError:  # nested deeper than it writes, which no charter is
        raise CHARTERS_MALFORMED(count_max=CHARTERS_AT_ONCE_MAX) from None


def read_charters(body: bytes) -> list[bytes]:
    """The documents of a request's body."""
    try:
        documents = charters_in(orjson.loads(body))
    except orjson.JSONDecodeError:
        documents = []
    if not documents:
        raise CHARTERS_MALFORMED(count_max=CHARTERS_AT_ONCE_MAX)
    return documents
