"""A league that moves pensions, without sockets: real exchange, journals, cases and ledgers.

What `hanse pension timeline` runs a transfer's forty-five working days on, and the simulation its
faults.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import resources
from itertools import permutations
from typing import Any, Final

from sqlalchemy import Engine

from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import generate
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction, metadata, open_engine
from hanse.foundation.working_days import Calendar
from hanse.mechanisms.exchange.core import Exchange
from hanse.mechanisms.exchange.housekeeping import HOUSEKEEPING
from hanse.mechanisms.exchange.message import Kind
from hanse.mechanisms.exchange.operations import Registry
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.agreements import Agreement
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.view import LeagueView
from hanse.services.social.pensions.operations import SERVICE
from hanse.services.social.pensions.parameters import PensionParameters
from hanse.services.social.pensions.purposes import TRANSFER_PURPOSE
from hanse.simulation import founding
from hanse.simulation.cases_host import Host
from hanse.simulation.part import Violation

BUREAU: Final = "bureau"
ROUNDS_MAX: Final = 400
REFUSED_IN_LEAGUE = ProblemKind(
    "pension_simulation_refused",
    409,
    Text("仿真中的步骤被拒绝", "A step of the simulated transfer was refused"),
    Text("{code}：{words_zh}", "{code}: {words_en}"),
)


class PensionHost(Host):
    """A city's node that offers the pension service."""

    parameters: PensionParameters = SERVICE.parameters

    def _boot(self) -> None:
        names = [one.name for one in SERVICE.operations]
        self.exchange = Exchange(
            city=self.city,
            registry=Registry.of((HOUSEKEEPING, SERVICE)),
            randomness=self.randomness,
            parameters=dict.fromkeys([SERVICE.name, *names], self.parameters),
            person_key=self.city.encode().ljust(32, b"."),
        )
        self.exchange.on_error = _not_expected
        self.league = LeagueView.empty(self.city)

    def adopt(self, parameters: PensionParameters) -> None:
        """Live by other parameters from now on."""
        self.parameters = parameters
        self._boot()

    def done(self, operation: str, data: Any, now: datetime) -> dict[str, Any]:
        """A call of the city's agency that must be answered."""
        reply = self.call(operation, data, now)
        if reply.kind is not Kind.ANSWER:
            words = reply.data["texts"]["hint"]
            raise REFUSED_IN_LEAGUE(
                code=reply.data["code"], words_zh=words["zh"], words_en=words["en"]
            )
        return dict(reply.data)


def memory_store(city: str) -> Engine:
    """A store of one connection, in memory."""
    return open_engine("sqlite://")


def found(
    seed: int,
    cities: Sequence[str],
    start: datetime,
    open_store: Callable[[str], Engine] = memory_store,
) -> list[PensionHost]:
    """Cities with fresh stores, one charter with the State Council's calendar, one agreement."""
    keys: founding.Keys = {}
    hosts = []
    for city in cities:
        draw = seeded_randomness(f"simulated pensions {seed} {city}")
        keys[city] = {name: generate("ed25519", draw) for name in ("v1", "x1")}
        engine = open_store(city)
        metadata.create_all(engine)
        hosts.append(PensionHost(city, engine, keys[city]["x1"], draw))
    text = (resources.files("hanse.leagues") / "calendar_cn.toml").read_text("utf-8")
    values = founding.first_charter(keys, start).model_dump(mode="json")
    values["calendar"] = Calendar.from_toml(text).as_values()
    charter = founding.signed_by(
        Charter.model_validate(values), keys, *((city, "x1") for city in cities)
    )
    agreement = founding.signed_by(_agreement(cities, start), keys)

    def take(transaction: Transaction) -> None:
        league_store.accept_charters(transaction, [charter.to_bytes()], charter.digest, start)
        league_store.accept_agreement(transaction, agreement.to_bytes(), start)

    for host in hosts:
        host.commit(take)
    return hosts


def drain(hosts: Sequence[Host], now: datetime) -> datetime:
    """Carry what waits until nothing does; gives the time after it. Violation if it never ends."""
    for _ in range(ROUNDS_MAX):
        now += timedelta(seconds=1)
        pairs = list(permutations(hosts, 2))
        for one, other in pairs:
            waiting = one.waiting(other.city)
            if waiting:
                sealed = one.seal(other.city, waiting, now)
                one.settle(waiting, sealed, other.take(sealed, now), now)
        if not any(one.waiting(other.city) for one, other in pairs):
            return now
    raise Violation("the league comes to rest after healing")


def compressed(parameters: PensionParameters) -> PensionParameters:
    """The same parameters with the compressed profile of fifteen working days."""
    values = parameters.limits.model_dump() | {"profile": "compressed_15"}
    return replace(parameters, limits=type(parameters.limits).model_validate(values))


def _agreement(cities: Sequence[str], start: datetime) -> Agreement:
    grant = {
        "id": "g1",
        "operations": ["pension_transfer.*", "pension.certificate"],
        "purposes": [TRANSFER_PURPOSE.code],
        "organisations": ["*"],
        "fields": ["*"],
        "legal_basis": {"zh": "国办发〔2009〕66号", "en": "Measures of 2009, no. 66"},
    }
    return Agreement.model_validate(
        {
            "id": "pensions",
            "version": 1,
            "league": "simulated",
            "title": {"zh": "养老保险关系转移接续协议", "en": "Pension transfer"},
            "parties": list(cities),
            "valid_from": start,
            "valid_until": start + timedelta(days=730),
            "grants": [grant],
        }
    )


def _not_expected(reference: str, operation: str, error: Exception) -> None:
    raise error
