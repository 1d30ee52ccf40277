"""`hanse case ...`: a city's cases from the command line, as one of its agencies sees them."""

import json
from pathlib import Path
from typing import Any

import click

from hanse.cli.agency_client import Client
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, out, print_json, table
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.cases import Family, diagram, families_of
from hanse.node.config import load

MATTER_UNKNOWN = ProblemKind(
    "case_matter_unknown",
    404,
    Text("没有该事项", "There is no such matter"),
    Text("现有事项：{matters}", "The matters are: {matters}"),
)
DATA_NOT_JSON = ProblemKind(
    "case_data_not_json",
    400,
    Text("内容须为 JSON 对象", "The data is no JSON object"),
    Text("例如 --data '{example}'", "For example --data '{example}'"),
)
token_option = click.option(
    "--token", envvar="HANSE_TOKEN", required=True, help="机构令牌 / Agency's token"
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON")


def families() -> dict[str, Family]:
    """Every procedure that the services declare, by its matter."""
    from hanse.services import ALL

    return {one.matter: one for service in ALL for one in families_of(service.operations)}


def _family(matter: str) -> Family:
    known = families()
    if matter not in known:
        raise MATTER_UNKNOWN(matters=", ".join(sorted(known)) or "-")
    return known[matter]


@click.group()
def case() -> None:
    """案件：列表、查看、办理、经过、流程图 / Cases: list, show, act, timeline, diagram."""


@case.command(name="list")
@config_option
@token_option
@click.option("--waiting", is_flag=True, help="只列待办 / Only what waits for this agency")
@click.option("--closed", is_flag=True, help="只列已结案件 / Closed cases")
@click.option("--cursor", help="续查起点 / Continue after")
@json_option
@click.argument("matter")
def list_(
    config_path: Path,
    token: str,
    waiting: bool,
    closed: bool,
    cursor: str | None,
    as_json: bool,
    matter: str,
) -> None:
    """列出案件或待办 / List the cases of a matter, or what waits."""
    family = _family(matter)
    client = Client(load(config_path), token)
    verb = "queue" if waiting else "list"
    question: dict[str, Any] = {"cursor": cursor}
    if not waiting:
        question["is_open"] = not closed
    found = client.post(f"/api/{family.matter}.{verb}", question)
    if as_json:
        print_json(found)
        return
    shown = table(
        family.newest.title,
        [
            Text("案件", "Case"),
            Text("阶段", "Stage"),
            Text("状态", "Status"),
            Text("期限", "Due") if waiting else Text("立案时间", "Opened"),
        ],
    )
    for one in found["tasks" if waiting else "cases"]:
        when = one["due_at"] if waiting else one["opened_at"]
        shown.add_row(one["case"], one["stage"], one["status"], when or "-")
    out.print(shown)
    if found["cursor"] is not None:
        out.print(f"--cursor {found['cursor']}", markup=False)


@case.command()
@config_option
@token_option
@click.argument("matter")
@click.argument("number")
def show(config_path: Path, token: str, matter: str, number: str) -> None:
    """查看案件 / Show one case, and what may be done in it now."""
    family = _family(matter)
    client = Client(load(config_path), token)
    print_json(client.post(f"/api/{family.matter}.view", {"case": number}))


@case.command()
@config_option
@token_option
@click.option("--reason", help="理由 / Reason")
@click.option("--data", default="{}", help="内容（JSON） / Data, as JSON")
@click.option("--key", help="重复调用的键 / Idempotency key")
@click.argument("matter")
@click.argument("number")
@click.argument("role")
@click.argument("action")
def act(
    config_path: Path,
    token: str,
    reason: str | None,
    data: str,
    key: str | None,
    matter: str,
    number: str,
    role: str,
    action: str,
) -> None:
    """办理步骤 / Take a step in a role: numbered at once, or proposed to the keeper."""
    family = _family(matter)
    asked = {
        "case": number,
        "role": role,
        "action": action,
        "reason": reason,
        "data": _object(data),
    }
    client = Client(load(config_path), token)
    print_json(client.post(f"/api/{family.matter}.act", asked, key=key))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise DATA_NOT_JSON(example='{"number": "1"}')
    return value


@case.command()
@config_option
@token_option
@click.option("--after", type=click.IntRange(0), default=0, help="该步骤之后 / After this step")
@json_option
@click.argument("matter")
@click.argument("number")
def timeline(
    config_path: Path, token: str, after: int, as_json: bool, matter: str, number: str
) -> None:
    """办理经过及期限计算 / The steps of a case, with each deadline's reckoning in words."""
    family = _family(matter)
    client = Client(load(config_path), token)
    found = client.post(f"/api/{family.matter}.timeline", {"case": number, "after": after})
    if as_json:
        print_json(found)
        return
    for line in timeline_lines(family, found):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def timeline_lines(family: Family, found: dict[str, Any]) -> list[str]:
    """A timeline's answer as lines for a terminal, in the caller's language."""
    speaks = language()
    lines = []
    for step in found["steps"]:
        who = f"{step['city']}/{step['organisation']} ({step['role']})"
        lines.append(f"{step['number']:>3}  {step['at']}  {step['title'][speaks]}  {who}")
        if step["reason"]:
            lines.append(f"     {step['reason']}")
        for state in step["deadlines"]:
            declared = family.newest.deadline(state["name"])
            title = state["name"] if declared is None else declared.title.in_language(speaks)
            lines.append(f"     {title} [{state['standing']}] {state['explanation'][speaks]}")
    if found["next_after"] is not None:
        lines.append(f"--after {found['next_after']}")
    return lines


@case.command(name="diagram")
@click.option("--version", type=click.IntRange(1), help="程序版本 / Version")
@click.argument("matter")
def diagram_(version: int | None, matter: str) -> None:
    """流程图（Mermaid） / The procedure's diagram, for Mermaid."""
    family = _family(matter)
    procedure = family.newest if version is None else family.of(version)
    click.echo(diagram(procedure, language()), nl=False)
