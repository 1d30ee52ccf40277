"""The day of registration: taken at one city's window, decided by another, checked in a third."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import func, select

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most, until
from hanse.foundation.identifiers import make_citizen_id, make_uscc
from hanse.foundation.languages import Text
from hanse.services.market.registration.codes import CheckState
from hanse.services.market.registration.tables import person_checks

SERVICE = "market.registration"
BUREAU = "market-supervision"
WINDOW = "resident-services"
MATTER = "registration_application"
KINDS = ("licensed", "corrected", "barred")
"""What becomes of the applications that each city's window takes, one of each."""
CALLS_PER_CITY = 24
SECONDS_MAX = 30.0
TODAY = DAY_START.date()
GENERATED = "生成数据，非真实企业"
DIGEST = "sha-256:" + "0" * 64


@dataclass(frozen=True)
class Founding:
    """A generated enterprise that is set up in one city from another city's window."""

    number: int
    kind: str
    window: str
    authority: str

    @property
    def name(self) -> str:
        """How the day's record calls it."""
        return f"registration {self.window} {self.number}"

    @property
    def entity(self) -> str:
        """The enterprise's made-up name."""
        return f"生成{self.trade_name}商贸有限公司"

    @property
    def trade_name(self) -> str:
        """One of a kind everywhere."""
        return f"明远{self.window}第{self.number}"

    @property
    def code(self) -> str:
        """The made-up code that the authority enters."""
        number = 7_000_000 + 10 * (int(self.window) % 10_000) + self.number
        return make_uscc(number, region=self.authority)

    @property
    def representative(self) -> str:
        """The made-up number of the legal representative."""
        return make_citizen_id(self.window, date(1980, 2, 1 + self.number), 800 + self.number)


class RegistrationPart:
    """`market/registration` in the day."""

    service = SERVICE
    title = Text("市场主体登记跨市通办", "Registration at any window")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY

    async def play(self, stage: Stage) -> None:
        """Found enterprises across the cities; compare conditions; check a licence elsewhere."""
        cities = sorted(stage.zone.nodes)
        foundings = [
            Founding(number, kind, city, cities[(place + 1 + number) % len(cities)])
            for place, city in enumerate(cities)
            for number, kind in enumerate(KINDS)
            if len(cities) > 1 and (1 + number) % len(cities)
        ]
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._found, stage, one) for one in foundings])
        for city in cities:
            await self._compare(stage, city)

    async def _found(self, stage: Stage, one: Founding) -> None:
        if one.kind == "barred":  # the window's own city bars the person: only it knows
            ban = {
                "ban_id": f"G-{one.window}-{one.number}",
                "citizen_id": one.representative,
                "kind": "licence_revoked",
                "since": f"{TODAY.year - 1}-01-15",
            }
            await self._own(stage, one.window, "registration.note_ban", ban)
        taken = await self._own(
            stage, one.window, f"{MATTER}.start", _opening(one, _application(one)), WINDOW
        )
        case = str(taken["case"])
        if one.kind == "corrected":
            await self._arrived(stage, one.authority, case, 1)
            told = {"papers": [], "notes": GENERATED}
            await self._act(stage, one, case, "request_correction", data=told, reason=GENERATED)
            await self._arrived(stage, one.window, case, 2)
            again = _application(one, scope=["wholesale"])
            await self._act(stage, one, case, "correct", data=again)
        await self._answered(stage, one, case)
        if one.kind == "barred":
            await self._act(stage, one, case, "approve", refused="registration_banned_elsewhere")
            await self._act(stage, one, case, "refuse", reason=GENERATED)
            stage.remember(one.name, "refused")
            return
        await self._act(stage, one, case, "approve")
        await self._act(stage, one, case, "license", data={"uscc": one.code})
        await self._known(stage, one)
        if one.kind == "licensed":
            await self._check_licence(stage, one)
        stage.remember(one.name, [one.kind, one.code])

    async def _act(
        self,
        stage: Stage,
        one: Founding,
        case: str,
        action: str,
        *,
        refused: str | None = None,
        **more: Any,
    ) -> None:
        at_window = action == "correct"
        city, organisation = (one.window, WINDOW) if at_window else (one.authority, BUREAU)
        role = "window" if at_window else "authority"
        move = {"case": case, "role": role, "action": action, **more}
        await stage.own(SERVICE, city, organisation, f"{MATTER}.act", move, refused=refused)

    async def _arrived(self, stage: Stage, city: str, case: str, number: int) -> None:
        """Wait until a city's history of the case is that long."""
        organisation = BUREAU if number % 2 else WINDOW

        async def look() -> bool:
            found = await stage.look(city, organisation, f"{MATTER}.view", {"case": case})
            return int(found.get("number", 0)) >= number

        if not await until(SECONDS_MAX, look):
            stage.failures.append(f"{city}: step {number} of {case} did not arrive")

    async def _answered(self, stage: Stage, one: Founding, case: str) -> None:
        """Wait until every city has said whether it bars the representative."""
        await self._arrived(stage, one.authority, case, 3 if one.kind == "corrected" else 1)
        node = stage.zone.nodes[one.authority]
        unanswered = (
            select(func.count())
            .select_from(person_checks)
            .where(
                person_checks.c.citizen_id == one.representative,
                person_checks.c.state == CheckState.ASKED,
            )
        )

        async def look() -> bool:
            return await node.read(lambda tx: int(tx.value(unanswered))) == 0

        if not await until(SECONDS_MAX, look):
            stage.failures.append(f"{one.name}: not every city answered about the representative")

    async def _known(self, stage: Stage, one: Founding) -> None:
        """The window's city is told what the authority has registered."""
        question = {"uscc": one.code}

        async def look() -> bool:
            found = await stage.look(one.window, BUREAU, "registration.known", question)
            return bool(found.get("status") == "registered")

        if not await until(SECONDS_MAX, look):
            stage.failures.append(f"{one.window}: was not told of {one.name}")

    async def _check_licence(self, stage: Stage, one: Founding) -> None:
        issued = await self._own(stage, one.authority, "registration.licence", {"uscc": one.code})
        await self._own(
            stage, one.window, "registration.fetch_status_list", {"city": one.authority}
        )
        shown = {"presentation": issued["credential"]}

        async def look() -> bool:
            found = await stage.look(one.window, BUREAU, "registration.check_licence", shown)
            return bool(found.get("uscc") == one.code)

        if not await until(SECONDS_MAX, look):
            stage.failures.append(f"{one.window}: the licence of {one.name} was not accepted")

    async def _compare(self, stage: Stage, city: str) -> None:
        """Every other city applies the same conditions."""
        own = await self._own(stage, city, "registration.schema", {})
        answers = await stage.others(
            SERVICE,
            city,
            BUREAU,
            "registration.compare",
            {"book": own["book"]},
            purpose="uniform-conditions",
        )
        if not all(one.get("answer", {}).get("same") for one in answers):
            stage.failures.append(f"{city}: the conditions of registration differ somewhere")

    async def _own(
        self,
        stage: Stage,
        city: str,
        operation: str,
        data: dict[str, Any],
        organisation: str = BUREAU,
    ) -> Any:
        return await stage.own(SERVICE, city, organisation, operation, data)


def _opening(one: Founding, application: dict[str, Any]) -> dict[str, Any]:
    return {
        "subject": one.entity,
        "seats": {
            "window": {"city": one.window, "organisation": WINDOW},
            "authority": {"city": one.authority, "organisation": BUREAU},
            "head": {"city": one.authority, "organisation": BUREAU},
        },
        "role": "window",
        "data": application,
    }


def _application(one: Founding, **changes: Any) -> dict[str, Any]:
    person = {"name": "生成的代表", "citizen_id": one.representative}
    holder = {
        **person,
        "amount": 50_000_000,
        "due_on": f"{TODAY.year + 5}-12-31",
    }
    return {
        "matter": "set_up",
        "entity_type": "company",
        "name": one.entity,
        "trade_name": one.trade_name,
        "industry": "F5122",
        "scope": ["wholesale", "retail"],
        "domicile": {"region": one.authority, "address": GENERATED},
        "capital": 50_000_000,
        "representative": person,
        "shareholders": [holder],
        "liaison": person,
        "conditions_met": ["name_free", "domicile_one", "representative_fit"],
        "papers": ["application", "identity", "domicile_proof", "articles"],
        "papers_digest": DIGEST,
        **changes,
    }
