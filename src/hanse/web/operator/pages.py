"""The operator's pages: how the node stands, and what its operator does about it."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.operator import (
    agreements,
    backup,
    journal,
    measures,
    members,
    outbox,
    people,
    state,
)
from hanse.web.page import OPERATORS, Handler, Page, Section


def _page(
    name: str, title: Text, show: Handler, submit: Handler | None = None, *, proved: bool = False
) -> Page:
    """A page of the second menu line."""
    return Page(
        f"operator_{name}",
        f"/operator/{name}",
        title,
        show,
        submit=submit,
        access=OPERATORS,
        proved=proved,
        under="operator",
        in_submenu=True,
    )


OPERATOR_PAGES: Final = Section(
    name="operator",
    title=Text("运维", "Operation"),
    package="hanse.web.operator",
    acts=agreements.ACTS,
    pages=(
        Page(
            "operator",
            "/operator",
            Text("节点状态", "State"),
            state.state,
            access=OPERATORS,
            in_menu=True,
            menu_title=Text("运维", "Operation"),
        ),
        _page("outbox", Text("收发队列", "Queues"), outbox.outbox, outbox.resend),
        _page("members", Text("成员与密钥", "Members and keys"), members.members),
        _page(
            "agreements",
            Text("协议管理", "Agreements"),
            agreements.agreements,
            agreements.propose,
        ),
        _page("journal", Text("日志与见证", "Journal"), journal.journal),
        _page("metrics", Text("运行指标", "Metrics"), measures.metrics),
        _page("backup", Text("备份与恢复", "Backup"), backup.backups, backup.make, proved=True),
        _page("people", Text("人员账号", "People"), people.people, people.change, proved=True),
    ),
)
