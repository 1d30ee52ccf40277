"""`hanse zone init | serve` and `hanse day`: a whole league on one machine."""

import asyncio
import signal
import sys
from pathlib import Path

import click
import uvloop

from hanse.cli.day import report
from hanse.cli.day.play import after_the_day, play_day
from hanse.cli.output import out, print_json, say, table
from hanse.foundation.clock import Clock, wall_clock
from hanse.foundation.languages import Text
from hanse.node.server import keep_what_is_loaded
from hanse.node.zone import init_zone, read_league, running

folder_argument = click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo")
)

league_option = click.option(
    "--league", default="chengdu", show_default=True, help="联盟文件 / League or file"
)


@click.group()
def zone() -> None:
    """单机上的整个联盟 / A whole league on one machine."""


@zone.command("init")
@folder_argument
@league_option
@click.option("--base-port", default=0, show_default=True, help="0 为空闲端口 / 0 takes free ones")
def init(folder: Path, league: str, base_port: int) -> None:
    """建立所有节点并签署章程与协议 / Make all nodes, sign charter and agreements."""
    init_zone(folder, read_league(league), base_port=base_port)
    say(Text("已在 {folder} 建立联盟", "Made the league in {folder}"), folder=folder)


@zone.command("serve")
@folder_argument
def serve(folder: Path) -> None:
    """运行所有节点 / Run all nodes until told to stop."""

    uvloop.run(_until_stopped(folder))


async def _until_stopped(folder: Path, clock: Clock = wall_clock) -> None:
    from hanse.cli.pages import pages

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    async with running(folder, clock=clock, pages=pages) as zone_:
        rows = table(
            Text("联盟节点", "The league's nodes"),
            [Text("城市", "City"), Text("页面与接口", "Pages and interfaces")],
        )
        for city, address in zone_.addresses.items():
            rows.add_row(city, address)
        out.print(rows)
        say(
            Text("用浏览器打开任一地址；按 Ctrl-C 停止", "Open any in a browser; Ctrl-C stops them")
        )
        keep_what_is_loaded()
        await stopping.wait()


@click.command()
@folder_argument
def look(folder: Path) -> None:
    """打开已完成的工作日供查看 / Serve the pages of a day that was played, until told to stop.

    Its clock goes on from the end of that day.
    """
    place, clock = after_the_day(folder)
    uvloop.run(_until_stopped(place, clock))


@click.command()
@folder_argument
@click.option("--seed", default=1, show_default=True, help="随机种子 / Seed of the generated day")
@league_option
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.option("--picture", type=click.Path(path_type=Path), help="存为 SVG / Save the table as SVG")
def day(folder: Path, seed: int, league: str, as_json: bool, picture: Path | None) -> None:
    """联盟的一个工作日 / One working day of the league; exits with 1 if an invariant fails."""
    chosen = read_league(league)
    found = uvloop.run(play_day(folder, seed, show_progress=not as_json, league=chosen))
    if as_json:
        print_json(found)
    else:
        report.show(found)
        where = folder if str(folder) != "demo" else ""
        say(
            Text(
                "在浏览器中查看这一天：hanse look {folder}（或 make look）",
                "See the day in a browser: hanse look {folder} (or make look)",
            ),
            folder=where,
        )
        if picture is not None:
            picture.write_text(report.picture(found), "utf-8")
    sys.exit(0 if found["clean"] else 1)
