"""The day of retirees: approved, certified where they live, paid, one certificate checked away."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most, until
from hanse.foundation.identifiers import make_citizen_id
from hanse.foundation.languages import Text

SERVICE = "social.retirees"
AGENCY = "social-insurance"
HOSPITAL = "hospital"
DESK = "resident-services"
NAME = "生成的退休人员"
"""Generated, as every person of the day."""
RETIREES_PER_CITY = 4
KINDS = ("discharged", "visited", "card_only", "deceased")
"""What is found of each city's retirees where they live, one of each."""
CALLS_PER_CITY = 30
SETTLE_SECONDS_MAX = 30.0
TODAY = DAY_START.date()
MONTH = TODAY.isoformat()[:7]
FUNDS_FEN = 1_000_000_000


@dataclass(frozen=True)
class Retiree:
    """A generated person, paid by one city and living in another."""

    number: int
    kind: str
    payer: str
    home: str

    @property
    def citizen_id(self) -> str:
        """The made-up number."""
        return make_citizen_id(self.payer, date(1955, 1 + self.number, 11), 700 + self.number)

    @property
    def name(self) -> str:
        """How the day's record calls the person."""
        return f"retiree {self.payer} {self.number}"


class RetireesPart:
    """`social/retirees` in the day."""

    service = SERVICE
    title = Text("退休人员异地资格认证", "Retirees certified where they live")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY

    async def play(self, stage: Stage) -> None:
        """Approve, see, ask, find out, certify, pay; check a certificate in a third city."""
        cities = sorted(stage.zone.nodes)
        people = [
            Retiree(number, kind, city, cities[(place + 1 + number) % len(cities)])
            for place, city in enumerate(cities)
            for number, kind in enumerate(KINDS)
            if len(cities) > 1 and (1 + number) % len(cities)
        ]
        for city in cities:
            await self._own(
                stage, city, "retirees.fund", {"reference": f"G-{city}", "amount": FUNDS_FEN}
            )
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._certify, stage, one) for one in people])
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._pay, stage, city) for city in cities])
        for place, city in enumerate(cities):
            checker = cities[(place + 1) % len(cities)]
            await self._check_certificate(stage, people, city, checker)
            await self._compare(stage, city)

    async def _certify(self, stage: Stage, one: Retiree) -> None:
        chance = stage.chance(one.name)
        last = TODAY - timedelta(days=390 + chance.randrange(60))
        monthly = 150_000 + chance.randrange(400_000)
        await self._own(stage, one.payer, "retirees.approve", _approval(one, last, monthly))
        seen = TODAY - timedelta(days=1 + chance.randrange(20))
        if one.kind in EVIDENCE:
            kind = EVIDENCE[one.kind]
            await self._own(
                stage, one.home, "retirees.note_evidence", _evidence(one, kind, seen), HOSPITAL
            )
        await self._ask(stage, one, "comparison", "not_found" if one.kind == "visited" else None)
        if one.kind == "visited":
            await self._visit(stage, one)
        person = {"citizen_id": one.citizen_id}
        state = await self._own(stage, one.payer, "retirees.state", person)
        wanted = {"discharged": "restored", "visited": "restored"}.get(one.kind, "suspended")
        if state["standing"] != wanted:
            stage.failures.append(f"{one.name}: {state['standing']}, not {wanted}")
        if state["suspected"] != (one.kind == "deceased"):
            stage.failures.append(f"{one.name}: suspected is {state['suspected']}")
        stage.remember(one.name, [one.kind, state["standing"], state["last_evidence"]])

    async def _visit(self, stage: Stage, one: Retiree) -> None:
        """Self-service finds nothing either; then a delegate sees the person at home."""
        await self._ask(stage, one, "self_service", "not_found")
        asked = {"citizen_id": one.citizen_id, "channel": "delegated"}
        await self._own(stage, one.payer, "retirees.ask_assist", asked)
        waiting = await until(SETTLE_SECONDS_MAX, partial(self._waiting, stage, one))
        if waiting is None:
            stage.failures.append(f"{one.name}: the desk of {one.home} was not asked")
            return
        found = {
            "result": "alive",
            "channel": "delegated",
            "kind": "in_person",
            "evidence_on": TODAY.isoformat(),
            "source": "生成的社区",
            "operator": DESK,
            "result_on": TODAY.isoformat(),
        }
        answer = {
            "citizen_id": one.citizen_id,
            "city": one.payer,
            "message_id": waiting["message_id"],
            "found": found,
        }
        await self._own(stage, one.home, "retirees.answer_assist", answer, DESK)
        await until(SETTLE_SECONDS_MAX, partial(self._is_certified, stage, one, TODAY.isoformat()))

    async def _ask(self, stage: Stage, one: Retiree, channel: str, tried: str | None) -> None:
        """Ask the city of residence, and wait until its answer has done what it must."""
        asked = {"citizen_id": one.citizen_id, "channel": channel}
        await self._own(stage, one.payer, "retirees.ask_assist", asked)
        if await until(SETTLE_SECONDS_MAX, partial(self._has_answer, stage, one, channel)) is None:
            stage.failures.append(f"{one.name}: {channel} was not answered in {one.home}")

    async def _waiting(self, stage: Stage, one: Retiree) -> Any:
        queue = await self._own(stage, one.home, "retirees.waiting", {}, DESK)
        return next(
            (found for found in queue["waiting"] if found["citizen_id"] == one.citizen_id), None
        )

    async def _has_answer(self, stage: Stage, one: Retiree, channel: str) -> Any:
        state = await self._state(stage, one)
        if one.kind == "deceased":
            return state["suspected"] or None
        if one.kind == "discharged":
            return state["standing"] == "restored" or None
        return state["next_channel"] != channel or None

    async def _is_certified(self, stage: Stage, one: Retiree, day: str) -> Any:
        return (await self._state(stage, one))["last_evidence"] == day or None

    async def _state(self, stage: Stage, one: Retiree) -> Any:
        return await self._own(stage, one.payer, "retirees.state", {"citizen_id": one.citizen_id})

    async def _pay(self, stage: Stage, city: str) -> None:
        """The month's run pays whom somebody has seen, and what they missed; twice pays nothing."""
        first = await self._own(stage, city, "retirees.run", {"month": MONTH})
        again = await self._own(stage, city, "retirees.run", {"month": MONTH})
        funds = await self._own(stage, city, "retirees.funds", {})
        if again["total"] or funds["deposit"] + funds["benefits"] != FUNDS_FEN:
            stage.failures.append(f"{city}: a month of benefits was paid twice, or money is lost")
        stage.remember(f"benefits {city}", [first["total"], len(first["suspended"])])

    async def _check_certificate(
        self, stage: Stage, people: list[Retiree], city: str, checker: str
    ) -> None:
        one = next((one for one in people if (one.payer, one.kind) == (city, "discharged")), None)
        if one is None or checker == city:
            return
        person = {"citizen_id": one.citizen_id}
        issued = await self._own(stage, city, "retirees.certificate", person)
        await self._own(stage, checker, "retirees.fetch_status_list", {"city": city})
        shown = {"presentation": issued["credential"]}

        async def checked() -> Any:
            """The check's answer; the list may still be on its way."""
            said = await stage.look(checker, AGENCY, "retirees.check_certificate", shown)
            return said if said.get("city") == city else None

        found = await until(SETTLE_SECONDS_MAX, checked)
        if found is None or found.get("citizen_id") != one.citizen_id:
            stage.failures.append(f"{checker}: the certificate of {one.name} was not accepted")
        token, rest = issued["credential"].split("~", 1)
        broken = token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB") + "~" + rest
        await stage.own(
            SERVICE,
            checker,
            AGENCY,
            "retirees.check_certificate",
            {"presentation": broken},
            refused="credential_signature_wrong",
        )

    async def _compare(self, stage: Stage, city: str) -> None:
        """Every other city applies the same measures."""
        own = await self._own(stage, city, "retirees.measures", {})
        answers = await stage.others(
            SERVICE,
            city,
            AGENCY,
            "retirees.compare_measures",
            {"book": own["book"]},
            purpose="uniform-measures",
        )
        if not all(one.get("answer", {}).get("same") for one in answers):
            stage.failures.append(f"{city}: the uniform measures differ somewhere")

    async def _own(
        self,
        stage: Stage,
        city: str,
        operation: str,
        data: dict[str, Any],
        organisation: str = AGENCY,
    ) -> Any:
        """A call at an own node. What is polled is kept out of the day's record."""
        if operation in ("retirees.state", "retirees.waiting"):
            return await stage.look(city, organisation, operation, data)
        return await stage.own(SERVICE, city, organisation, operation, data)


EVIDENCE = {"discharged": "inpatient", "card_only": "insurance_purchase", "deceased": "cremation"}


def _approval(one: Retiree, last: date, monthly: int) -> dict[str, Any]:
    return {
        "citizen_id": one.citizen_id,
        "name": NAME,
        "residence": one.home,
        "benefit": {
            "benefit_id": f"B-{one.payer}-{one.number}",
            "scheme": "employee_pension",
            "since": "2026-08",
            "monthly": monthly,
        },
        "conditions_met": ["pension_age", "contribution_years"],
        "papers": ["identity", "application", "bank_account"],
        "identified_on": last.isoformat(),
    }


def _evidence(one: Retiree, kind: str, seen: date) -> dict[str, Any]:
    return {
        "citizen_id": one.citizen_id,
        "evidence_id": f"E-{one.payer}-{one.number}",
        "name": NAME,
        "kind": kind,
        "channel": "comparison",
        "on": seen.isoformat(),
        "source": "生成的医院",
    }
