"""The words of traffic control: closed lists, each word with its Chinese and English name."""

from hanse.foundation.worded import Worded


class NoticeKind(Worded):
    """Why traffic is affected (RULES 14)."""

    ACCIDENT = "accident", "交通事故", "Accident"
    WEATHER = "weather", "恶劣天气", "Severe weather"
    WORKS = "works", "道路施工", "Road works"
    EVENT = "event", "大型活动", "Large public event"
    CONTROL = "control", "交通管制", "Traffic control"


class Direction(Worded):
    """Sense of travel against the road's own stakes."""

    UP = "up", "上行（桩号递增方向）", "Up: stakes rise"
    DOWN = "down", "下行（桩号递减方向）", "Down: stakes fall"
    BOTH = "both", "双向", "Both directions"


class Measure(Worded):
    """What is done to the traffic. A speed limit and a detour may accompany any of them."""

    CLOSED = "closed", "封闭交通", "Closed"
    ENTRY_CLOSED = "entry_closed", "关闭入口", "Entry closed"
    LANE_CLOSED = "lane_closed", "封闭部分车道", "Some lanes closed"
    CONTRAFLOW = "contraflow", "借用对向车道通行", "Contraflow"
    INTERMITTENT = "intermittent", "间断放行", "Released at intervals"
    RESTRICTED = "restricted", "限制通行", "Passage restricted"
    SPEED_LIMIT = "speed_limit", "限速", "Speed limit"
    DIVERSION = "diversion", "分流绕行", "Diversion"
    ADVISORY = "advisory", "提示（不采取管制措施）", "Advice only"


class VehicleType(Worded):
    """Whom a measure concerns; none named means everybody."""

    CAR = "car", "小型客车", "Passenger car"
    BUS = "bus", "大中型客车", "Bus or coach"
    TRUCK = "truck", "货车", "Goods vehicle"
    HEAVY_TRUCK = "heavy_truck", "重型货车", "Heavy goods vehicle"
    TRAILER = "trailer", "汽车列车（牵引挂车）", "Vehicle with a trailer"
    HAZARDOUS_GOODS = "hazardous_goods", "危险货物运输车辆", "Dangerous goods vehicle"
    OVERSIZE = "oversize", "超限运输车辆", "Oversize load"
    MOTORCYCLE = "motorcycle", "摩托车", "Motorcycle"
    THROUGH_TRAFFIC = "through_traffic", "过境车辆", "Through traffic"
    NON_MOTOR = "non_motor", "非机动车", "Non-motor vehicle"
    PEDESTRIAN = "pedestrian", "行人", "Pedestrian"


class Level(Worded):
    """Response level of 公通字〔2008〕54号 (RULES 14), the gravest first."""

    I = "I", "Ⅰ级", "Level I"  # noqa: E741  # the level's own name
    II = "II", "Ⅱ级", "Level II"
    III = "III", "Ⅲ级", "Level III"
    IV = "IV", "Ⅳ级", "Level IV"
    LOCAL = "local", "本市处置", "Handled by the city"


class NoticeStatus(Worded):
    """Where a notice stands in its life, as its issuer declares it."""

    ISSUED = "issued", "已发布", "Issued"
    ACTIVE = "active", "执行中", "Active"
    EXTENDED = "extended", "已延期", "Extended"
    LIFTED = "lifted", "已解除", "Lifted"


class Standing(Worded):
    """What a notice means at one instant: its status read against the clock."""

    UPCOMING = "upcoming", "尚未开始", "Not yet begun"
    IN_FORCE = "in_force", "生效中", "In force"
    OVERDUE_CONFIRM = "overdue_confirm", "逾期待确认", "Overdue, to be confirmed"
    LIFTED = "lifted", "已解除", "Lifted"


class ControlGround(Worded):
    """The grounds on which 道路交通安全法 §40 allows traffic control."""

    NATURAL_DISASTER = "natural_disaster", "自然灾害", "Natural disaster"
    SEVERE_WEATHER = "severe_weather", "恶劣气象条件", "Severe weather"
    MAJOR_ACCIDENT = "major_accident", "重大交通事故", "Major accident"
    OTHER_GRAVE = "other_grave", "其他严重影响交通安全的情形", "Another grave danger to traffic"


class ConsultationBasis(Worded):
    """How the neighbour was heard before a provincial entry was closed (RULES 14)."""

    AGREED = "agreed", "已与相邻省份协商", "Consulted and agreed"
    TOLD_IN_EMERGENCY = "told_in_emergency", "紧急关闭后告知", "Closed in an emergency, then told"


class Shape(Worded):
    """What the points of a geometry are."""

    LINE = "line", "连续线形", "A line along the road"
    POINTS = "points", "若干点位", "Single positions, such as the two ends"
