"""`hanse call CITY OPERATION name=value ...`: any declared operation, from the command line."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from hanse.cli.agency_client import Client
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, print_json
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.accesses import ACCESSES
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.operations import Operation, Reach, Registry
from hanse.node.config import load

ARGUMENT_WRONG = ProblemKind(
    "argument_wrong",
    400,
    Text("参数写法有误", "An argument is not of the form name=value"),
    Text(
        "例如 subject=9151...;嵌套内容请用 --data '{json}'",
        "For example subject=9151...; for nested data use --data '{json}'",
    ),
)


@click.command()
@config_option
@click.option("--token", envvar="HANSE_TOKEN", required=True, help="机构令牌 / Agency's token")
@click.option("--purpose", help="用途 / Purpose, as the operation declares")
@click.option("--wait", default=10.0, show_default=True, help="等待秒数 / Seconds to wait")
@click.option("--key", help="重复调用的键 / Idempotency key")
@click.option("--data", help="JSON，或 - 为标准输入 / JSON, or - for standard input")
@click.option("--describe", is_flag=True, help="说明操作而不调用 / Describe, do not call")
@click.argument("city")
@click.argument("operation")
@click.argument("arguments", nargs=-1)
def call(
    config_path: Path,
    token: str,
    purpose: str | None,
    wait: float,
    key: str | None,
    data: str | None,
    describe: bool,
    city: str,
    operation: str,
    arguments: tuple[str, ...],
) -> None:
    """调用操作 / Call an operation: in another city, in `all` others, or at `home`."""
    from hanse.services import ALL

    declared = Registry.of((HOUSEKEEPING, ACCESSES, *ALL)).operation(operation)
    if describe:
        click.echo(described(declared))
        return
    value = _value(data, arguments)
    client = Client(load(config_path), token)
    if city == "home":
        print_json(client.post(f"/api/{operation}", value, key=key, purpose=purpose))
    else:
        found = client.post(
            f"/api/league/{operation}",
            value,
            key=key,
            to=city,
            purpose=purpose,
            wait_seconds=wait,
        )
        print_json(found)
        if any(one["state"] != "answered" for one in found["answers"]):
            sys.exit(2)


def _value(data: str | None, arguments: tuple[str, ...]) -> Any:
    if data is not None:
        text = sys.stdin.read() if data == "-" else data
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            raise ARGUMENT_WRONG(json="{...}") from None
    else:
        value = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or not isinstance(value, dict):
            raise ARGUMENT_WRONG(json="{...}")
        value[name] = _scalar(text)
    return value


def _scalar(text: str) -> Any:
    """A whole number, true or false as such; everything else, dates and codes too, as text."""
    if text in ("true", "false"):
        return text == "true"
    is_number = text.isascii() and text.lstrip("-").isdigit() and len(text) < 10
    return int(text) if is_number and str(int(text)) == text else text


def described(operation: Operation) -> str:
    """The operation's name, words, purposes and fields, for a person at a terminal."""
    speaks = language()
    lines = [f"{operation.name}  {operation.title.in_language(speaks)}", operation.description, ""]
    if operation.reach is Reach.LEAGUE:
        for purpose in operation.purposes:
            lines.append(f"  --purpose {purpose.code}  {purpose.title.in_language(speaks)}")
    for title, model in ((">", operation.request), ("<", operation.answer)):
        lines += ["", *_fields(title, model)]
    return "\n".join(lines)


def _fields(mark: str, model: type[BaseModel]) -> list[str]:
    speaks = language()
    lines = []
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        titles = extra.get("x-title")
        title = titles.get(speaks, "") if isinstance(titles, dict) else field.title or ""
        needed = "*" if field.is_required() else " "
        lines.append(f"  {mark} {needed} {name}  {title}")
    return lines
