"""The parameters of recognition, with their visible defaults.

[V2] is a secondary source, [M] memory of the named instrument, [P] a local decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hanse.services.health.results.codes import LevelRule

USUAL_VALID_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"US": 14, "XR": 30, "CT": 30, "MR": 30, "LAB": 7}
)
"""[P] by group of items; the national rule leaves validity to the doctor and the place."""

USUAL_ITEMS: Final = (
    "15074-8",  # glucose in blood
    "718-7",  # haemoglobin
    "2093-3",  # cholesterol
    "2571-8",  # triglycerides
    "2085-9",  # HDL cholesterol
    "13457-7",  # LDL cholesterol
    "24323-8",  # comprehensive metabolic panel
    "57698-3",  # lipid panel
    "24627-2",  # CT of the chest
    "24558-9",  # ultrasound of the abdomen
    "36643-5",  # X-ray of the chest
)
"""[P] LOINC codes [M] to begin with; a league publishes its own list."""


@dataclass(frozen=True)
class ResultParameters:
    """What the league or a province decides."""

    level_rule: LevelRule = LevelRule.TWO_TIERS
    """[V] 苏卫医政〔2022〕18号 for Jiangsu; a league chooses its own. [P]"""
    third_accepts_below: bool = False
    """[V] the same: a third-level hospital may accept lower ones whose quality is met. [P]"""
    valid_days: Mapping[str, int] = field(default_factory=lambda: USUAL_VALID_DAYS)
    listed_items: tuple[str, ...] = USUAL_ITEMS
    """The published list of items for mutual recognition."""


DEFAULTS: Final = ResultParameters()
