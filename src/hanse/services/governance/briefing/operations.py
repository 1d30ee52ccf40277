"""Economic information and work arrangements: collected by template, exchanged, compared."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.briefing import giving, reading

SERVICE = Service(
    name="governance.briefing",
    title=Text("经济信息与工作安排交流", "Exchange of economic information and plans"),
    operations=(*giving.OPERATIONS, *reading.OPERATIONS),
    topics=(giving.template_received, giving.returned),
    summary=Text(
        "各市按同一模板交换经济指标与工作安排，只比较可比的数据",
        "Economic figures and plans exchanged by one template; only what is comparable is compared",
    ),
)
