"""The special groups of the policy: each with a mayor in charge, a plan, reports, what is late."""

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.operations import Service
from hanse.services.governance.taskforces import leading, reading, reporting
from hanse.services.governance.taskforces.rules import DEFAULTS

SERVICE = Service(
    name="governance.taskforces",
    title=Text("专题工作组", "Special groups"),
    operations=(*leading.OPERATIONS, *reporting.OPERATIONS, *reading.OPERATIONS),
    topics=(
        leading.group_received,
        leading.plan_received,
        reporting.work_received,
        reporting.figure_received,
    ),
    parameters=DEFAULTS,
    summary=Text(
        "各专项工作组由一位市长负责，计划、进度、逾期事项各市可见",
        "Groups led by a mayor each: plan, progress and what is late, in sight of every city",
    ),
)
