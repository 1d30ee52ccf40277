"""What is known of a subject on the day it applies, and the refusal that names what is not met."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.market.credit.codes import Condition

CREDIT_CONDITIONS_UNMET = ProblemKind(
    "credit_conditions_unmet",
    409,
    Text("尚不符合提前终止的全部条件", "Not every condition of an early end is met"),
    Text("尚需符合：{unmet_zh}", "Still to be met: {unmet_en}"),
)


@dataclass(frozen=True)
class Standing:
    """Facts about a subject, each from its own authority. What is not known counts against it."""

    duty_done: bool = False
    harm_removed: bool = False
    same_kind_again: bool = True
    """Punished again by the market regulators for the same kind of misconduct."""
    severely_punished_again: bool = True
    on_abnormal_list: bool = True
    on_serious_list: bool = True
    barred_on: date | None = None
    """The day on which false material or a broken commitment was last found."""


def refuse_unmet(conditions: Mapping[Condition, bool]) -> None:
    """Passes where all are met; else one refusal that names every condition that is not."""
    unmet = [condition.text for condition, met in conditions.items() if not met]
    if unmet:
        raise CREDIT_CONDITIONS_UNMET(
            unmet_zh="、".join(label.zh for label in unmet),
            unmet_en=", ".join(label.en for label in unmet),
        )
