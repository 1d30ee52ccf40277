"""`hanse backup make | list | check | restore`."""

from pathlib import Path

import click

from hanse.cli.node_commands import config_option
from hanse.cli.output import out, say, table
from hanse.foundation.clock import iso, wall_clock
from hanse.foundation.languages import Text
from hanse.node import backups
from hanse.node.config import load

folder_argument = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group()
def backup() -> None:
    """备份与恢复 / Backup and restore."""


@backup.command()
@config_option
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="默认为节点的 backups")
def make(config_path: Path, to: Path | None) -> None:
    """备份，节点无需停机 / Make a backup; the node need not stop."""
    config = load(config_path)
    made = backups.make(config, to or config.backups_folder, wall_clock())
    say(
        Text("已备份 {name},{bytes} 字节", "Made {name}, {bytes} bytes"),
        name=made.name,
        bytes=made.bytes,
    )


@backup.command("list")
@config_option
def list_(config_path: Path) -> None:
    """列出备份 / List the backups."""
    rows = table(Text("备份", "Backups"), [Text("名称", "Name"), Text("时间", "Made")])
    for one in backups.made(load(config_path).backups_folder):
        rows.add_row(one.name, iso(one.at))
    out.print(rows)


@backup.command()
@folder_argument
def check(folder: Path) -> None:
    """核对一份备份 / Check that a backup is whole and unchanged."""
    found = backups.check(folder)
    say(Text("✓ {name} 完整", "✓ {name} is whole"), name=found.name)


@backup.command()
@folder_argument
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
def restore(folder: Path, to: Path) -> None:
    """恢复到空目录 / Restore to an empty folder."""
    config = backups.restore(folder, to)
    say(
        Text(
            "已恢复到 {folder}；运行 hanse serve --config {folder}/node.toml",
            "Restored to {folder}; run hanse serve --config {folder}/node.toml",
        ),
        folder=config.folder,
    )
