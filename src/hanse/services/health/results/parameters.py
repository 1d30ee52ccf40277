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


@dataclass(frozen=True)
class ResultParameters:
    """What the league or a province decides."""

    level_rule: LevelRule = LevelRule.TWO_TIERS
    """[V] 苏卫医政〔2022〕18号 for Jiangsu; a league chooses its own. [P]"""
    third_accepts_below: bool = False
    """[V] the same: a third-level hospital may accept lower ones whose quality is met. [P]"""
    valid_days: Mapping[str, int] = field(default_factory=lambda: USUAL_VALID_DAYS)
    province: str = "51"
    """The first two digits of the codes within which a province's mark reaches."""


DEFAULTS: Final = ResultParameters()
