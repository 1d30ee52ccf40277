"""The command `hanse` and where its parts are. A part is imported only when it is called."""

import importlib
import sys
from typing import Any

import click

from hanse.cli.output import fail
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.node import logs

FILE_FAILED = ProblemKind(
    "file_failed",
    500,
    Text("文件无法读写", "A file can't be read or written"),
    Text("请检查 {place}:{reason}", "Check {place}: {reason}"),
)

PARTS = {
    "init": "hanse.cli.node_commands:init",
    "serve": "hanse.cli.node_commands:serve",
    "migrate": "hanse.cli.node_commands:migrate",
    "status": "hanse.cli.node_commands:status",
    "charter": "hanse.cli.charter_commands:charter",
    "agreement": "hanse.cli.agreement_commands:agreement",
    "joint": "hanse.cli.joint_commands:joint",
    "token": "hanse.cli.token_commands:token",
    "account": "hanse.cli.account_commands:account",
    "backup": "hanse.cli.backup_commands:backup",
    "outbox": "hanse.cli.outbox_commands:outbox",
    "journal": "hanse.cli.journal_more:journal",
    "clearing": "hanse.cli.clearing_commands:clearing",
    "ledger": "hanse.cli.ledger_commands:ledger",
    "call": "hanse.cli.call_command:call",
    "case": "hanse.cli.case_commands:case",
    "zone": "hanse.cli.zone_commands:zone",
    "day": "hanse.cli.zone_commands:day",
    "look": "hanse.cli.zone_commands:look",
    "pension": "hanse.cli.pension_timeline:pension",
    "simulate": "hanse.cli.simulate_command:simulate",
}


class Parts(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a newcomer needs them."""
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        place = PARTS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Parts)
@click.option("--verbose", is_flag=True, help="详细日志 / Log more")
@click.version_option(package_name="hanse")
def hanse(verbose: bool) -> None:
    """城市联盟的数字骨干 / The digital backbone of a league of cities."""
    logs.configure(verbose=verbose)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; a refusal is printed with what to do next, and exits with 1."""
    try:
        return hanse.main(args=arguments, standalone_mode=True)
    except Problem as problem:
        fail(problem)
        sys.exit(1)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        fail(FILE_FAILED(place=error.filename, reason=error.strerror))
        sys.exit(1)
