"""The closed lists of the exchange: units with their powers of ten, prices, kinds, periods."""

from typing import Final

from hanse.foundation.worded import Worded


class Unit(Worded):
    """What a figure counts, and in what."""

    YUAN = "yuan", "元", "yuan"
    YUAN_10K = "yuan_10k", "万元", "ten thousand yuan"
    YUAN_100M = "yuan_100m", "亿元", "hundred million yuan"
    PERSON = "person", "人", "persons"
    PERSON_10K = "person_10k", "万人", "ten thousand persons"
    ENTERPRISE = "enterprise", "户", "enterprises"
    TONNE = "tonne", "吨", "tonnes"
    TONNE_10K = "tonne_10k", "万吨", "ten thousand tonnes"
    KWH_10K = "kwh_10k", "万千瓦时", "ten thousand kWh"
    KWH_100M = "kwh_100m", "亿千瓦时", "hundred million kWh"
    HECTARE = "hectare", "公顷", "hectares"
    PERCENT = "percent", "%", "per cent"


MEASURES: Final[dict[Unit, tuple[str, int]]] = {
    Unit.YUAN: ("money", 0),
    Unit.YUAN_10K: ("money", 4),
    Unit.YUAN_100M: ("money", 8),
    Unit.PERSON: ("persons", 0),
    Unit.PERSON_10K: ("persons", 4),
    Unit.ENTERPRISE: ("enterprises", 0),
    Unit.TONNE: ("mass", 0),
    Unit.TONNE_10K: ("mass", 4),
    Unit.KWH_10K: ("energy", 4),
    Unit.KWH_100M: ("energy", 8),
    Unit.HECTARE: ("area", 0),
    Unit.PERCENT: ("share", 0),
}
"""What is measured, and the power of ten of its smallest unit."""


class Prices(Worded):
    """The prices in which money is counted. Figures in other prices are not compared."""

    NONE = "none", "非价值量", "Not in prices"
    CURRENT = "current", "现价", "Current prices"
    CONSTANT_2020 = "constant_2020", "2020年不变价", "Constant prices of 2020"
    CONSTANT_2025 = "constant_2025", "2025年不变价", "Constant prices of 2025"


class Kind(Worded):
    """Whether figures of cities and of parts can be added."""

    FLOW = "flow", "流量", "Flow over the period"
    STOCK = "stock", "存量", "Stock at the period's end"
    RATE = "rate", "比率", "Rate"


class Every(Worded):
    """How often a template is filled in."""

    MONTH = "month", "月", "Month"
    QUARTER = "quarter", "季度", "Quarter"
    YEAR = "year", "年", "Year"


class Collected(Worded):
    """What has become of a city's return."""

    IN_TIME = "in_time", "按期报送", "In time"
    LATE = "late", "逾期报送", "Late"
    AWAITED = "awaited", "未到期", "Awaited"
    MISSING = "missing", "逾期未报", "Missing"


class Why(Worded):
    """Why two figures are not compared."""

    NO_FIGURE = "no_figure", "无数据", "No figure"
    NO_FIGURE_BEFORE = "no_figure_before", "无上年同期数据", "No figure of the year before"
    OTHER_PRICES = "other_prices", "价格口径不同", "In other prices"
    OTHER_UNIT = "other_unit", "计量单位不可换算", "In a unit that can't be converted"
    OTHER_KIND = "other_kind", "统计口径不同", "Of another kind"
    NOT_POSITIVE = "not_positive", "基数不为正", "The base is not positive"
