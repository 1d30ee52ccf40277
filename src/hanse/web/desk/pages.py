"""The desk's pages, for officers; the joint office has its queues here too."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.desk import bulk, case, cases, front, operations, parts, queues, sent, steps, traffic
from hanse.web.page import JOINT_OFFICE, OFFICERS, Page, Section

WORKERS: Final = OFFICERS | JOINT_OFFICE
MATTER: Final = {"matter": "pension_transfer"}
CASE: Final = MATTER | {"case": "510100-20261125-000000000000"}
QUERIES_OF_CALLS: Final = 40
"""A call of an operation leaves its record and its evidence; a page makes at most a few."""
QUERIES_AT_FRONT: Final = 120
"""The first page asks each procedure's queue once."""
TRAFFIC: Final = ("traffic.in_force", "traffic.one")

_QUEUES: Final = (
    Page(
        "desk",
        "/desk",
        Text("工作台", "Desk"),
        front.front,
        access=WORKERS,
        in_menu=True,
        queries_max=QUERIES_AT_FRONT,
    ),
    Page(
        "queue",
        "/desk/queues/{matter}",
        Text("待办", "What waits"),
        queues.queue_page,
        submit=bulk.take_all,
        access=WORKERS,
        under="desk",
        example=MATTER,
        queries_max=QUERIES_OF_CALLS,
    ),
    Page(
        "find_case",
        "/desk/find",
        Text("查找案件", "Find a case"),
        cases.find,
        access=WORKERS,
        under="desk",
        queries_max=QUERIES_AT_FRONT,
    ),
    Page(
        "desk_part",
        "/desk/parts/{name}",
        Text("业务视图", "A service's view"),
        parts.part_page,
        access=WORKERS,
        under="desk",
        example={"name": "insurance"},
        queries_max=QUERIES_AT_FRONT,
    ),
)
_CASES: Final = (
    Page(
        "cases",
        "/desk/cases/{matter}",
        Text("案件列表", "Cases"),
        cases.cases_page,
        access=WORKERS,
        under="desk",
        example=MATTER,
        queries_max=QUERIES_AT_FRONT,
    ),
    Page(
        "open_case",
        "/desk/new/{matter}",
        Text("立案", "Open a case"),
        steps.opening_form,
        submit=steps.open_case,
        access=WORKERS,
        under="desk",
        example=MATTER,
        form_bytes_max=steps.FORM_BYTES_MAX,
    ),
    Page(
        "case",
        "/desk/cases/{matter}/{case}",
        Text("案件", "Case"),
        case.case_page,
        access=WORKERS,
        under="desk",
        example=CASE,
        queries_max=QUERIES_OF_CALLS,
    ),
    Page(
        "case_document",
        "/desk/cases/{matter}/{case}/documents/{digest}",
        Text("案件材料", "Document of a case"),
        case.document,
        gives_file=True,
        access=WORKERS,
        under="desk",
        example=CASE | {"digest": "sha-256:" + "0" * 64},
        queries_max=QUERIES_OF_CALLS,
    ),
    Page(
        "step",
        "/desk/cases/{matter}/{case}/{role}/{action}",
        Text("办理", "Take a step"),
        steps.step_form,
        submit=steps.take_step,
        access=WORKERS,
        under="desk",
        example=CASE | {"role": "destination", "action": "accept"},
        form_bytes_max=steps.FORM_BYTES_MAX,
        queries_max=QUERIES_OF_CALLS,
    ),
)
_OTHERS: Final = (
    Page(
        "traffic_notices",
        "/desk/traffic",
        Text("交通管制通报", "Traffic notices"),
        traffic.notices_page,
        access=OFFICERS,
        needs=TRAFFIC,
        under="desk",
        queries_max=QUERIES_OF_CALLS,
    ),
    Page(
        "traffic_new",
        "/desk/traffic/new",
        Text("发布通报", "Issue a notice"),
        traffic.new_notice,
        submit=traffic.publish,
        access=OFFICERS,
        needs=(*TRAFFIC, "traffic.publish"),
        under="desk",
    ),
    Page(
        "traffic_notice",
        "/desk/traffic/{id}",
        Text("通报", "Notice"),
        traffic.notice_page,
        submit=traffic.change_notice,
        access=OFFICERS,
        needs=TRAFFIC,
        under="desk",
        example={"id": "510100-D000"},
        queries_max=QUERIES_OF_CALLS,
    ),
    Page(
        "operations",
        "/desk/operations",
        Text("业务目录", "Operations"),
        operations.catalogue,
        access=WORKERS,
        in_menu=True,
    ),
    Page(
        "operation",
        "/desk/operations/{name}",
        Text("业务操作", "Operation"),
        operations.form,
        submit=operations.apply,
        access=WORKERS,
        under="operations",
        example={"name": "conference.meetings"},
    ),
    Page(
        "sent",
        "/desk/sent",
        Text("送达情况", "Delivery"),
        sent.sent_page,
        access=WORKERS,
        in_menu=True,
    ),
)
DESK: Final = Section(
    name="desk",
    title=Text("工作台", "Desk"),
    package="hanse.web.desk",
    pages=(*_QUEUES, *_CASES, *_OTHERS),
)
