"""`hanse clearing ...`: what the cities owe each other, how it is netted, and its end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hanse.cli.agency_client import Client
from hanse.cli.node_commands import config_option
from hanse.cli.output import language, out, print_json, say, table
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.node.config import load
from hanse.services.finance.clearing.codes import CycleState, DifferenceKind, LeftOut, PairState

_token = click.option(
    "--token", envvar="HANSE_TOKEN", required=True, help="机构令牌 / The organisation's token"
)
_json = click.option("--json", "as_json", is_flag=True, help="JSON")


def _common(command: Callable[..., None]) -> Callable[..., None]:
    return config_option(_token(_json(command)))


@click.group()
def clearing() -> None:
    """资金清算 / Clearing between the cities."""


@clearing.command()
@_common
def status(config_path: Path, token: str, as_json: bool) -> None:
    """最近的清算场次 / The newest cycles."""
    found = Client(load(config_path), token).post("/api/clearing.cycles", {})
    if as_json:
        print_json(found)
        return
    rows = table(
        Text("清算场次", "Cycles"),
        [
            Text("场次", "Cycle"),
            Text("状态", "State"),
            Text("截止序号", "Up to sequence"),
            Text("已申报", "Submitted"),
            Text("差异", "Differences"),
        ],
    )
    for one in found["cycles"]:
        result = one["result"] or {}
        rows.add_row(
            one["cycle"],
            _words(CycleState, one["state"]),
            str(one["up_to_sequence"] if one["up_to_sequence"] is not None else "-"),
            str(len(one["submitted"]) or "-"),
            str(len(result.get("differences", ()))),
        )
    out.print(rows)


@clearing.command()
@_common
@click.argument("name")
def cycle(config_path: Path, token: str, as_json: bool, name: str) -> None:
    """一个场次的净额与差异 / Positions and differences of a cycle."""
    found = _cycle(config_path, token, name)
    if as_json:
        print_json(found)
        return
    say(
        Text("场次 {name}:{state}", "Cycle {name}: {state}"),
        name=name,
        state=_words(CycleState, found["state"]),
    )
    rows = table(Text("净额", "Positions"), [Text("城市", "City"), Text("净额", "Net")])
    for one in (found["result"] or {}).get("cities", ()):
        rows.add_row(one["party"], str(Money(one["net_fen"])))
    out.print(rows)
    for one in (found["result"] or {}).get("differences", ()):
        kind = _words(DifferenceKind, one["kind"])
        said = [_fen(one["first_fen"]), _fen(one["second_fen"])]
        dispute = f" ! {one['since']}" if one["dispute"] else ""
        line = f"{kind} {one['first']} {one['second']} {one['reference']} {said}{dispute}"
        out.print(line, markup=False)
    for note in found["notes"]:
        out.print(note, markup=False)


@clearing.command()
@_common
@click.argument("name")
def matrix(config_path: Path, token: str, as_json: bool, name: str) -> None:
    """结算矩阵 / The settlement matrix of a cycle."""
    result = _cycle(config_path, token, name)["result"]
    if as_json:
        print_json(result)
        return
    rows = table(
        Text("结算矩阵", "Settlement matrix"),
        [
            Text("付款方", "Pays"),
            Text("收款方", "Receives"),
            Text("金额", "Amount"),
            Text("处理", "State"),
            Text("依据", "Rule"),
        ],
    )
    for one in (result or {}).get("pairs", ()):
        payer, payee = one["second"], one["first"]
        if one["amount_fen"] < 0:
            payer, payee = payee, payer
        amount = str(Money(abs(one["amount_fen"])))
        rule = _words(LeftOut, one["rule"])
        rows.add_row(payer, payee, amount, _words(PairState, one["state"]), rule)
    out.print(rows)


@clearing.command()
@_common
@click.argument("city")
def liquidity(config_path: Path, token: str, as_json: bool, city: str) -> None:
    """一个城市的清算资金与限额（仅清算所） / A city's funds and cap; at the house alone."""
    found = Client(load(config_path), token).post("/api/clearing.liquidity", {"city": city})
    if as_json:
        print_json(found)
        return
    say(
        Text(
            "资金 {funds}，限额 {cap}，可支付 {available}，尚缺 {missing}",
            "Funds {funds}, cap {cap}, it can pay {available}, missing {missing}",
        ),
        funds=_fen(found["funds_fen"]),
        cap=_fen(found["cap_fen"]),
        available=_fen(found["available_fen"]),
        missing=_fen(found["missing_fen"]),
    )


@clearing.command()
@_common
@click.argument("name")
def close(config_path: Path, token: str, as_json: bool, name: str) -> None:
    """截止并清算一个场次（仅清算所） / Cut a cycle and clear it; at the house alone."""
    found = Client(load(config_path), token).post("/api/clearing.open", {"cycle": name})
    if as_json:
        print_json(found)
        return
    say(
        Text("场次 {name}:{state}", "Cycle {name}: {state}"),
        name=name,
        state=_words(CycleState, found["state"]),
    )


def _cycle(config_path: Path, token: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = Client(load(config_path), token).post(
        "/api/clearing.cycle", {"cycle": name}
    )
    return found


def _words(kind: Any, code: str | None) -> str:
    found = next((one for one in kind if one == code), None)
    return "-" if found is None else str(found.text.in_language(language()))


def _fen(amount: int | None) -> str:
    return "-" if amount is None else str(Money(amount))
