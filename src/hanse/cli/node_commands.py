"""`hanse init | serve | migrate | status`: a node's life."""

import asyncio
import secrets
import signal
from pathlib import Path
from typing import Any

import click

from hanse.cli.agency_client import Client
from hanse.cli.output import out, print_json, say, table
from hanse.foundation.clock import shifted, wall_clock
from hanse.foundation.keys import SUITES
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.node import migrations
from hanse.node.config import load
from hanse.node.setup import NodePlan, set_up

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("node.toml"),
    envvar="HANSE_CONFIG",
    show_default=True,
    help="节点配置 / The node's configuration",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--city", required=True, help="城市代码 (GB/T 2260) / City code")
@click.option("--address", required=True, help="公开地址 / Public address, https://host")
@click.option("--listen", default="127.0.0.1:8700", show_default=True, help="监听 / Listen at")
@click.option("--suite", type=click.Choice(sorted(SUITES)), default="ed25519", show_default=True)
@click.option("--database", default="", help="数据库 URL，空为 SQLite / Store, SQLite if empty")
@click.option("--genesis", default="", help="首版章程摘要 / Digest of the first charter")
def init(
    folder: Path, city: str, address: str, listen: str, suite: str, database: str, genesis: str
) -> None:
    """建立节点目录、密钥与数据库 / Make a node's folder, keys and store.

    The passphrase of the private key is taken from HANSE_KEY_PASSPHRASE, or made and written to
    a file that only its owner reads.
    """
    host, _, port = listen.rpartition(":")
    if not (port.isascii() and port.isdigit()):
        raise click.BadParameter("host:port", param_hint="--listen")
    plan = NodePlan(
        folder=folder,
        city=city,
        address=address,
        listen_host=host or "127.0.0.1",
        listen_port=int(port),
        suite=suite,
        database=database,
        genesis_digest=genesis,
    )
    member = set_up(plan, wall_clock(), secrets.token_urlsafe(24))
    say(
        Text(
            "已建立 {folder}。请将 {member} 交给联盟，列入章程后运行 hanse serve",
            "Made {folder}. Give {member} to the league; once the charter lists it, hanse serve",
        ),
        folder=folder,
        member=member,
    )


@click.command()
@config_option
@click.option(
    "--clock-offset-seconds",
    default=0.0,
    help="试验用：时钟偏移秒数 / For trials: so many seconds are added to the clock",
)
def serve(config_path: Path, clock_offset_seconds: float) -> None:
    """运行节点 / Run the node until it is told to stop."""
    from hanse.cli.pages import pages
    from hanse.node.node import Node
    from hanse.node.server import keep_what_is_loaded, serving
    from hanse.services import ALL

    config = load(config_path)

    async def run() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopping.set)
        node = Node(config, ALL, clock=shifted(clock_offset_seconds))
        async with serving(node, pages) as address:
            say(
                Text("{city} 节点运行于 {address}", "Node {city} runs at {address}"),
                city=config.city,
                address=address,
            )
            keep_what_is_loaded()
            await stopping.wait()

    import uvloop

    uvloop.run(run())
    say(Text("已停止", "Stopped"))


@click.command()
@config_option
def migrate(config_path: Path) -> None:
    """升级数据库 / Bring the store to the program's version."""
    before, after = migrations.migrate(open_engine(load(config_path).database_url))
    say(
        Text("数据库：{before} → {after}", "Store: {before} -> {after}"),
        before=before or "-",
        after=after,
    )


@click.command()
@config_option
@click.option("--token", envvar="HANSE_TOKEN", required=True, help="运维令牌 / Operator's token")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def status(config_path: Path, token: str, as_json: bool) -> None:
    """节点状态 / How the running node stands."""
    found = Client(load(config_path), token).get("/api/operator/status")
    if as_json:
        print_json(found)
        return
    _print_status(found)


def _print_status(found: dict[str, Any]) -> None:
    say(
        Text(
            "{city}：{ready}，章程第 {version} 版",
            "{city}: {ready}, charter version {version}",
        ),
        city=found["city"],
        ready="✓" if found["ready"] else "✗",
        version=found["charter_version"],
    )
    peers = table(
        Text("各市", "Peers"),
        [
            Text("城市", "City"),
            Text("待送", "Pending"),
            Text("待答", "Owed"),
            Text("死信", "Dead"),
            Text("最近成功", "Last success"),
            Text("最近问题", "Last problem"),
        ],
    )
    for peer in found["peers"]:
        problem = peer["last_problem"]
        peers.add_row(
            peer["city"],
            str(peer["pending"]),
            str(peer["owed"]),
            str(peer["dead"]),
            peer["last_success"] or "-",
            problem["code"] if problem else "-",
        )
    out.print(peers)
    for warning in found["warnings"]:
        say(Text(f"⚠ {warning['zh']}", f"⚠ {warning['en']}"))
