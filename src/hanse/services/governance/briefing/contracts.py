"""Templates, returns and what is read from them."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from hanse.foundation.figures import Figure
from hanse.foundation.languages import titled
from hanse.mechanisms.league.document_types import CityCode, Day, Identifier, Unique, Words
from hanse.services.governance.briefing.codes import Every, Kind, Prices, Unit

INDICATORS_MAX: Final = 100
ARRANGEMENTS_MAX: Final = 60
PERIODS_MAX: Final = 60
VERSIONS_MAX: Final = 1_000

TemplateId = Annotated[
    str,
    titled("模板编号", "Template", pattern="^[1-9][0-9]{5}-[A-Za-z0-9-]{1,40}$", max_length=47),
]
"""The code of the city that keeps it, and its own number."""
Version = Annotated[int, titled("版本", "Version", ge=1, le=VERSIONS_MAX)]
Code = Annotated[Identifier, titled("指标代码", "Indicator")]
Period = Annotated[
    str,
    titled("报告期", "Period", pattern="^20[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4])?$", max_length=7),
]
"""`2026-10`, `2026-Q3` or `2026`."""


class Contract(BaseModel):
    """What crosses a boundary: immutable, and nothing beside the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Indicator(Contract):
    """What is asked for: its unit, its prices, and how it hangs together with others."""

    code: Code
    title: Annotated[Words, titled("指标", "Title")]
    unit: Annotated[Unit, titled("计量单位", "Unit")]
    prices: Annotated[Prices, titled("价格口径", "Prices")]
    kind: Annotated[Kind, titled("类别", "Kind")]
    is_cumulative: Annotated[bool, titled("年内累计", "From the year's beginning")] = False
    decimals: Annotated[int, titled("小数位数", "Decimals", ge=0, le=4)] = 2
    minimum: Annotated[Figure | None, titled("下限", "No less than")] = None
    maximum: Annotated[Figure | None, titled("上限", "No more than")] = None
    parts: Annotated[
        tuple[Code, ...], titled("构成项", "Sum of", max_length=INDICATORS_MAX), Unique
    ] = ()


class Template(Contract):
    """One version of what the cities fill in. A version is complete in itself."""

    id: TemplateId
    version: Version
    title: Annotated[Words, titled("名称", "Title")]
    every: Annotated[Every, titled("频率", "Every")]
    due_working_days: Annotated[
        int, titled("期后报送工作日", "Working days after the period", ge=1, le=250)
    ]
    indicators: Annotated[
        tuple[Indicator, ...],
        titled("指标", "Indicators", min_length=1, max_length=INDICATORS_MAX),
    ]
    is_ended: Annotated[bool, titled("已停用", "Ended")] = False


class Given(Contract):
    """A figure, or why there is none."""

    code: Code
    figure: Annotated[Figure | None, titled("数值", "Figure")] = None
    because: Annotated[Words | None, titled("说明", "Note")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.figure is None and self.because is None:
            raise ValueError("a figure, or a note why there is none")
        return self


class Arrangement(Contract):
    """A major piece of work that a city has planned."""

    title: Annotated[Words, titled("工作安排", "Work")]
    organisation: Annotated[Identifier, titled("责任机构", "Organisation")]
    begins_on: Annotated[Day, titled("开始日期", "Begins on")]
    ends_on: Annotated[Day, titled("结束日期", "Ends on")]
    seeks_partners: Annotated[bool, titled("邀请各市参与", "Other cities are invited")] = False

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_on < self.begins_on:
            raise ValueError("it ends before it begins")
        return self


class Filled(Contract):
    """A template filled in for a period, as the desk hands it in."""

    template: TemplateId
    period: Period
    figures: Annotated[tuple[Given, ...], titled("数据", "Figures", max_length=INDICATORS_MAX)]
    arrangements: Annotated[
        tuple[Arrangement, ...], titled("工作安排", "Work planned", max_length=ARRANGEMENTS_MAX)
    ] = ()


class Return(Filled):
    """What a city gives all others: a correction is the next version, the old one stays."""

    template_version: Version
    version: Version
    given_on: Annotated[Day, titled("报送日期", "Given on")]


class CityArrangement(Contract):
    """A city's piece of work."""

    city: Annotated[CityCode, titled("城市", "City")]
    arrangement: Annotated[Arrangement, titled("工作安排", "Work")]
