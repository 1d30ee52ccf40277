"""What became of a call, as a page takes it: the answer, or the refusal to be shown in words."""

from typing import Any

from hanse.foundation.errors import KINDS, Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import Outcome, Refused

ANSWER_OWED = ProblemKind(
    "page_answer_owed",
    503,
    Text("对方城市尚未答复", "The other city has not answered yet"),
    Text("请求会自动重发，稍后刷新本页即可", "It is sent again by itself; look again later"),
    retry=True,
)
REFUSED_ELSEWHERE = ProblemKind(
    "page_refused_elsewhere",
    409,
    Text("对方城市不予办理", "The other city refused it"),
    Text("{hint_zh}", "{hint_en}"),
    detail=Text("{title_zh}", "{title_en}"),
)


def problem_of(refused: Refused) -> Problem:
    """The refusal as it can be raised and shown, whichever city worded it."""
    said = refused.problem
    kind = KINDS.get(str(said.get("code")))
    texts: Any = said.get("texts") or {}
    title, hint = texts.get("title") or {}, texts.get("hint") or {}
    if kind is not None:
        try:
            return kind(**dict(said.get("values") or {}))
        except (KeyError, TypeError, IndexError):
            pass
    code = str(said.get("code", "?"))
    return REFUSED_ELSEWHERE(
        title_zh=title.get("zh", code),
        title_en=title.get("en", code),
        hint_zh=hint.get("zh", code),
        hint_en=hint.get("en", code),
    )


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """The answer; raises the refusal, or that it is owed."""
    if isinstance(outcome, Refused):
        raise problem_of(outcome)
    if outcome is None:
        raise ANSWER_OWED()
    return outcome
