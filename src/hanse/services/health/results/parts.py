"""What a resident sees of the own examinations: what this city holds, without a value in it."""

from collections.abc import Sequence
from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import FaceCall, Outcome, Refused
from hanse.mechanisms.exchange.parts import Block, Mark, Part, Place, Table, Tone, Viewer
from hanse.services.health.results.contracts import IndexAnswer


def _ask(viewer: Viewer) -> Sequence[FaceCall]:
    return [FaceCall("results.index", {"person": viewer.person})]


def _show(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    (outcome,) = outcomes
    known = outcome is not None and not isinstance(outcome, Refused)
    entries = IndexAnswer.model_validate(outcome).entries if known else ()
    return [
        Table(
            Text("本市保存的结果", "Held by this city"),
            (
                Text("报告日期", "Reported on"),
                Text("项目", "Item"),
                Text("机构", "Hospital"),
                Text("互认标识", "Mark"),
            ),
            tuple(
                (
                    one.reported_on,
                    one.title,
                    one.organisation,
                    Mark(one.mark.text, Tone.GOOD) if one.mark is not None else None,
                )
                for one in entries
            ),
            Text("本市没有您的检查检验结果。", "This city holds no result of yours."),
        )
    ]


RESIDENT: Final = Part(
    name="results",
    title=Text("检查检验结果", "Results of examinations"),
    place=Place.RESIDENT,
    operations=("results.index",),
    ask=_ask,
    show=_show,
)
