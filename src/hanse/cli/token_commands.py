"""`hanse token issue | revoke`: which agencies may call the node."""

from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import Engine

from hanse.cli.node_commands import config_option
from hanse.cli.output import say
from hanse.foundation.clock import wall_clock
from hanse.foundation.identity import system_randomness
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing
from hanse.node import tokens
from hanse.node.config import load
from hanse.node.migrations import require_current


def _store(config_path: Path) -> Engine:
    engine = open_engine(load(config_path).database_url)
    require_current(engine)
    return engine


@click.group()
def token() -> None:
    """机构令牌 / Tokens of the city's agencies."""


@token.command()
@config_option
@click.option("--organisation", required=True, help="机构编号 / The organisation's id")
@click.option(
    "--allow",
    "allows",
    multiple=True,
    required=True,
    help="操作名、'*' 或 operator，可重复 / An operation, '*' or operator; may be repeated",
)
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def issue(config_path: Path, organisation: str, allows: tuple[str, ...], days: int) -> None:
    """签发令牌，只显示一次 / Issue a token; it is shown once."""
    now = wall_clock()
    with committing(_store(config_path)) as transaction:
        made = tokens.issue(
            transaction,
            organisation,
            allows,
            now=now,
            expires=now + timedelta(days=days),
            randomness=system_randomness,
        )
    click.echo(made)


@token.command()
@config_option
@click.option("--organisation", required=True, help="机构编号 / The organisation's id")
def revoke(config_path: Path, organisation: str) -> None:
    """吊销某机构的全部令牌 / End every token of an organisation."""
    with committing(_store(config_path)) as transaction:
        count = tokens.revoke(transaction, organisation, wall_clock())
    say(Text("已吊销 {count} 个令牌", "Ended {count} tokens"), count=count)
