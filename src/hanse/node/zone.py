"""A whole league on one machine: every city's node in one process, from a league's file.

For the demonstration, the tests and trials. Each node has its own folder, key, store and address
all the same, and they speak over real HTTP.
"""

import contextlib
import json
import secrets
import socket
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from hanse.foundation.clock import Clock, wall_clock
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.identity import system_randomness
from hanse.foundation.keys import Keystore, PrivateKey, ScryptCost
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing
from hanse.foundation.working_days import Calendar
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Document, Signed, sign
from hanse.node import tokens
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.people.samples import add_samples
from hanse.node.server import Pages, serving
from hanse.node.setup import CONFIG_NAME, MEMBER_NAME, NodePlan, set_up
from hanse.services import ALL

ZONE_NOT_FOUND = ProblemKind(
    "zone_not_found",
    404,
    Text("目录中没有联盟", "There is no league in the folder"),
    Text("请先运行 hanse zone init {folder}", "Run hanse zone init {folder} first"),
)

LEAGUE_FILE_INVALID = ProblemKind(
    "league_file_invalid",
    400,
    Text("联盟文件无法使用", "The league's file can't be used"),
    Text("请检查 {place}", "Check {place}"),
)

LEAGUE_NEEDS = (
    "league",
    "title",
    "founded",
    "threshold",
    "witness_quorum",
    "charter_years",
    "calendar",
    "cities",
)
TOKENS_NAME = "tokens.json"
OPERATOR_ORGANISATION = "operations"
HOST = "127.0.0.1"
CityKeys = dict[str, dict[str, PrivateKey]]
"""By city and key id."""
TOKEN_DAYS = 3_650
SAMPLE_PERSON = make_citizen_id("510104", date(1988, 6, 1), 101)
"""The demonstration's resident: generated, and the same at every node."""


@dataclass(frozen=True)
class League:
    """A league's file."""

    values: dict[str, Any]

    @property
    def cities(self) -> list[str]:
        """The codes of its cities."""
        return [city["code"] for city in self.values["cities"]]

    def name(self, city: str) -> Text:
        """A city's name."""
        return next(Text(**one["name"]) for one in self.values["cities"] if one["code"] == city)


def read_league(name: str = "chengdu") -> League:
    """A league that the package brings, or the file at a path."""
    path = Path(name)
    found = path if path.suffix == ".toml" else resources.files("hanse.leagues") / f"{name}.toml"
    try:
        values = tomllib.loads(found.read_text("utf-8"))
    except OSError as error:
        raise LEAGUE_FILE_INVALID(place=f"{name}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LEAGUE_FILE_INVALID(place=f"{name}: {error}") from None
    missing = [one for one in LEAGUE_NEEDS if one not in values]
    if missing:
        raise LEAGUE_FILE_INVALID(place=f"{name}: {', '.join(missing)}")
    return League(values)


def calendar_of(league: League) -> dict[str, Any]:
    """The working-day calendar that the charter carries."""
    folder = resources.files("hanse.leagues")
    text = (folder / league.values["calendar"]).read_text("utf-8")
    return Calendar.from_toml(text).as_values()


def init_zone(
    folder: Path,
    league: League,
    *,
    base_port: int = 0,
    cost: ScryptCost | None = None,
    databases: dict[str, str] | None = None,
    suites: dict[str, str] | None = None,
) -> None:
    """Make all nodes, sign the charter and the agreements by all, and issue tokens.

    All is dated from the league's founding, as its file says. `base_port` 0 takes ports that are
    free now; `databases` gives stores other than SQLite, `suites` keys
    other than Ed25519.
    """
    at = datetime.fromisoformat(league.values["founded"])
    ports = _free_ports(len(league.cities), base_port)
    for city, port in zip(league.cities, ports, strict=True):
        plan = NodePlan(
            folder=folder / city,
            city=city,
            address=f"http://{HOST}:{port}",
            listen_host=HOST,
            listen_port=port,
            database=(databases or {}).get(city, ""),
            suite=(suites or {}).get(city, "ed25519"),
            cost=cost or ScryptCost(),
        )
        set_up(plan, at, secrets.token_urlsafe(24))
    keys = {city: _keys(folder / city) for city in league.cities}
    charter = signed_by_all(genesis(folder, league, at), keys)
    agreements = [signed_by_all(one, keys) for one in agreements_of(league, at)]
    found: dict[str, dict[str, str]] = {}
    for city in league.cities:
        found[city] = _furnish(folder / city, charter, agreements, league, at)
    path = folder / TOKENS_NAME
    path.touch(mode=0o600)
    path.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


def genesis(folder: Path, league: League, at: datetime) -> Charter:
    """The league's first charter, from its file and the members' keys."""
    members = []
    organisations = league.values.get("organisations", [])
    for city in league.values["cities"]:
        member = json.loads((folder / city["code"] / "member.json").read_text("utf-8"))
        own = city.get("organisations", organisations)
        members.append({**member, "name": city["name"], "organisations": own})
    values = league.values
    return Charter.model_validate(
        {
            "league": values["league"],
            "version": 1,
            "title": values["title"],
            "issued_at": at,
            "valid_from": at,
            "valid_until": at + timedelta(days=366 * values["charter_years"]),
            "threshold": values["threshold"],
            "witness_quorum": values["witness_quorum"],
            "members": members,
            "calendar": calendar_of(league),
            "settlement": values.get("settlement", {}),
        }
    )


def agreements_of(league: League, at: datetime) -> list[Agreement]:
    """The agreements that a league's file names, between all its cities."""
    made = []
    for one in league.values.get("agreements", []):
        values = {name: value for name, value in one.items() if name != "years"}
        values["grants"] = [_grant(grant, league.cities) for grant in one["grants"]]
        made.append(
            Agreement.model_validate(
                {
                    "version": 1,
                    "league": league.values["league"],
                    "parties": league.cities,
                    "valid_from": at,
                    "valid_until": at + timedelta(days=365 * one["years"]),
                    **values,
                }
            )
        )
    return made


def _grant(values: dict[str, Any], cities: list[str]) -> dict[str, Any]:
    """A grant with its organisations named in every city; without any, for all."""
    named = values.get("organisations", [])
    everywhere = [f"{city}/{one}" for city in cities for one in named]
    return {**values, "organisations": everywhere or ["*"]}


def signed_by_all(document: Document, keys: CityKeys) -> Signed[Any]:
    """A document with every city's signatures: a charter by every key, to prove possession."""
    every = isinstance(document, Charter)
    return Signed(
        document,
        tuple(
            sign(document, city, key_id, key)
            for city, found in keys.items()
            for key_id, key in found.items()
            if every or key_id == "k1"
        ),
    )


def _keys(folder: Path) -> dict[str, PrivateKey]:
    """The keys that the charter is to list for a city."""
    config = load(folder / CONFIG_NAME)
    keystore = Keystore(config.keys_folder)
    member = json.loads((folder / MEMBER_NAME).read_text("utf-8"))
    return {one["id"]: keystore.load(one["id"], config.passphrase()) for one in member["keys"]}


def _furnish(
    folder: Path,
    charter: Signed[Charter],
    agreements: list[Signed[Agreement]],
    league: League,
    at: datetime,
) -> dict[str, str]:
    """Pin the charter, store the documents, and issue the organisations' tokens."""
    path = folder / CONFIG_NAME
    text = path.read_text("utf-8").replace(
        'genesis_digest = ""', f'genesis_digest = "{charter.digest}"'
    )
    path.write_text(text, "utf-8")
    config = load(path)
    allows = {one["id"]: ["*"] for one in league.values.get("organisations", [])}
    allows[OPERATOR_ORGANISATION] = ["*", tokens.OPERATOR]
    engine = open_engine(config.database_url)
    with committing(engine) as transaction:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, at)
        for agreement in agreements:
            league_store.accept_agreement(transaction, agreement.to_bytes(), at)
        found = {
            organisation: tokens.issue(
                transaction,
                organisation,
                names,
                now=at,
                expires=at + timedelta(days=TOKEN_DAYS),
                randomness=system_randomness,
            )
            for organisation, names in allows.items()
        }
        add_samples(transaction, _names(league), OPERATOR_ORGANISATION, SAMPLE_PERSON, at)
    engine.dispose()
    return found


def _names(league: League) -> dict[str, Text]:
    """The organisations of every city, by id."""
    return {one["id"]: Text(**one["name"]) for one in league.values.get("organisations", [])}


def _free_ports(count: int, base_port: int) -> list[int]:
    if base_port:
        return [base_port + index for index in range(count)]
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket())
            probe.bind((HOST, 0))
            found.append(probe.getsockname()[1])
        return found


@dataclass(frozen=True)
class Zone:
    """A running league."""

    nodes: dict[str, Node]
    addresses: dict[str, str]
    tokens: dict[str, dict[str, str]]


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, clock: Clock = wall_clock, pages: Pages | None = None
) -> AsyncIterator[Zone]:
    """Every node of the folder, served until the end, with pages where they are handed in."""
    configs = [load(path) for path in sorted(folder.glob(f"*/{CONFIG_NAME}"))]
    if not configs:
        raise ZONE_NOT_FOUND(folder=folder)
    found = json.loads((folder / TOKENS_NAME).read_text("utf-8"))
    async with contextlib.AsyncExitStack() as stack:
        nodes: dict[str, Node] = {}
        addresses: dict[str, str] = {}
        for config in configs:
            node = Node(config, ALL, clock=clock)
            addresses[config.city] = await stack.enter_async_context(serving(node, pages))
            nodes[config.city] = node
        yield Zone(nodes, addresses, found)
