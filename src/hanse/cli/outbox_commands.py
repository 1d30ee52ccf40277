"""`hanse outbox list | resend`: what waits, what died, and sending it again."""

from pathlib import Path

import click

from hanse.cli.agency_client import Client
from hanse.cli.node_commands import config_option
from hanse.cli.output import out, print_json, say, table
from hanse.foundation.languages import Text
from hanse.node.config import load

token_option = click.option(
    "--token", envvar="HANSE_TOKEN", required=True, help="运维令牌 / Operator's token"
)


@click.group()
def outbox() -> None:
    """发件箱 / The outbox."""


@outbox.command("list")
@config_option
@token_option
@click.option(
    "--state",
    type=click.Choice(["pending", "owed", "done", "refused", "dead"]),
    default="dead",
    show_default=True,
)
@click.option("--peer", help="城市代码 / City code")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def list_(config_path: Path, token: str, state: str, peer: str | None, as_json: bool) -> None:
    """列出报文，不显示内容 / List messages, without their contents."""
    found = Client(load(config_path), token).get("/api/operator/outbox", state=state, peer=peer)
    if as_json:
        print_json(found)
        return
    rows = table(
        Text("发件箱", "Outbox"),
        [
            Text("编号", "Id"),
            Text("城市", "City"),
            Text("操作", "Operation"),
            Text("次数", "Attempts"),
            Text("时间", "Since"),
        ],
    )
    for one in found["messages"]:
        rows.add_row(
            one["message_id"],
            one["peer"],
            one["operation"],
            str(one["attempts"]),
            one["created_at"],
        )
    out.print(rows)


@outbox.command()
@config_option
@token_option
@click.argument("message_id")
def resend(config_path: Path, token: str, message_id: str) -> None:
    """重发死信 / Send a dead letter again."""
    Client(load(config_path), token).post(f"/api/operator/outbox/{message_id}/resend")
    say(Text("已重新排队：{message_id}", "Queued again: {message_id}"), message_id=message_id)
