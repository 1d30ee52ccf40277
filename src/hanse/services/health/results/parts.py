"""What a resident sees of the own examinations: what this city holds, without a value in it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import (
    Block,
    Mark,
    Place,
    Table,
    Tone,
    Viewer,
    part_of_one_call,
)
from hanse.services.health.results.contracts import IndexAnswer, IndexEntry


def _show(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    return [_table(IndexAnswer.model_validate(answer).entries)]


def _table(entries: Sequence[IndexEntry]) -> Table:
    return Table(
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


RESIDENT: Final = part_of_one_call(
    "results",
    Text("检查检验结果", "Results of examinations"),
    Place.RESIDENT,
    "results.index",
    ask=lambda viewer: {"person": viewer.person},
    show=_show,
    otherwise=lambda refused: [_table(())],
)
