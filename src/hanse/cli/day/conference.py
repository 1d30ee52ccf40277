"""The day of the joint meeting: convened, a point added, a resolution signed and carried out."""

from datetime import timedelta
from functools import partial
from typing import Any

from hanse.cli.day.joint import OFFICE, seen, signed_at, until
from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, Stage, at_most
from hanse.foundation.clock import iso
from hanse.foundation.languages import Text
from hanse.services.governance.conference.contracts import Resolution

SERVICE = "governance.conference"
CALLS_PER_CITY = 4
TASK = {"zh": "生成数据：提交落实方案", "en": "Generated: hand in a plan"}


class ConferencePart:
    """`governance/conference` in the day."""

    service = SERVICE
    title = Text("联席会议与决议", "Joint meetings and resolutions")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * CALLS_PER_CITY + 8

    async def play(self, stage: Stage) -> None:
        """Convene, add a point of another city, resolve, sign everywhere, follow up."""
        cities = sorted(stage.zone.nodes)
        convener, proposer = cities[0], cities[-1]
        meeting = await self._convene(stage, convener, cities)
        if proposer != convener:
            await self._point(stage, proposer, convener, str(meeting["id"]))
        drafted = await self._own(stage, convener, "conference.draft", _draft(meeting, cities))
        digest, document = drafted["digest"], drafted["document"]
        await at_most(
            CONCURRENT_CALLS_MAX,
            [partial(self._sign, stage, city, digest, document) for city in cities],
        )
        for city in cities:
            await until(
                stage,
                f"{city}: every city's signature",
                partial(self._all_signed, stage, city, digest, len(cities)),
            )
        await self._forged(stage, cities, document)
        assigned = await self._own(stage, convener, "conference.assign", {"digest": digest})
        await at_most(
            CONCURRENT_CALLS_MAX,
            [
                partial(self._carry_out, stage, convener, one["duty"]["city"], one["case"])
                for one in assigned["duties"]
            ],
        )
        stage.remember("resolution", [drafted["cities_told"], len(assigned["duties"])])

    async def _convene(self, stage: Stage, convener: str, cities: list[str]) -> dict[str, Any]:
        starts = stage.now + timedelta(days=20)
        meeting: dict[str, Any] = {
            "id": f"{convener}-D1",
            "version": 1,
            "convener": convener,
            "level": "mayors",
            "title": {"zh": "生成数据：联席会议", "en": "Generated: a joint meeting"},
            "starts_at": iso(starts),
            "ends_at": iso(starts + timedelta(hours=6)),
            "place": {"zh": "生成地点", "en": "A generated place"},
            "invited": cities,
            "agenda": [
                {"number": 1, "kind": "decision", "title": TASK, "sponsor": convener},
            ],
        }
        late = meeting | {"starts_at": iso(stage.now), "ends_at": iso(stage.now + timedelta(1))}
        await self._own(stage, convener, "conference.convene", late, refused="meeting_notice_short")
        await self._own(stage, convener, "conference.convene", meeting)
        for city in cities:
            await until(
                stage,
                f"{city}: the meeting's arrival",
                partial(self._knows, stage, city, meeting["id"], 1),
            )
        return meeting

    async def _point(self, stage: Stage, proposer: str, convener: str, meeting: str) -> None:
        """Another city's point is asked for, decided on, and on everybody's agenda."""
        wish = {"meeting": meeting, "kind": "report", "title": TASK}
        asked = await self._own(stage, proposer, "conference.ask_point", wish)

        async def waits() -> bool:
            found = await seen(stage, convener, "conference.points_waiting", {})
            named = [one["message_id"] for one in found.get("points", [])]
            return asked["message_id"] in named

        await until(stage, f"{convener}: a point of {proposer}", waits)
        answer = {"city": proposer, "message_id": asked["message_id"], "accepted": True}
        await self._own(stage, convener, "conference.answer_point", answer)
        await until(
            stage,
            f"{proposer}: its point on the agenda",
            partial(self._knows, stage, proposer, meeting, 2),
        )

    async def _knows(self, stage: Stage, city: str, meeting: str, points: int) -> bool:
        found = await seen(stage, city, "conference.meeting", {"meeting": meeting})
        return len(found.get("meeting", {}).get("agenda", [])) >= points

    async def _sign(self, stage: Stage, city: str, digest: str, document: str) -> None:
        async def arrived() -> bool:
            found = await seen(stage, city, "conference.resolution", {"digest": digest})
            return found.get("digest") == digest

        await until(stage, f"{city}: the draft's arrival", arrived)
        sent = {"document": signed_at(stage, city, Resolution, document)}
        await self._own(stage, city, "conference.sign", sent)

    async def _all_signed(self, stage: Stage, city: str, digest: str, count: int) -> bool:
        found = await seen(stage, city, "conference.resolution", {"digest": digest})
        return bool(found.get("adopted")) and len(found["signed_by"]) == count

    async def _forged(self, stage: Stage, cities: list[str], document: str) -> None:
        """A signature handed in by a city that did not make it is refused."""
        for city in cities[:1]:
            other = {"document": signed_at(stage, cities[-1], Resolution, document)}
            await self._own(
                stage,
                city,
                "conference.sign",
                other,
                refused="resolution_own_signature_missing",
            )

    async def _carry_out(self, stage: Stage, office: str, city: str, case: str) -> None:
        async def arrived() -> bool:
            found = await seen(stage, city, "follow_up.view", {"case": case})
            return found.get("stage") == "assigned"

        async def reported() -> bool:
            found = await seen(stage, office, "follow_up.view", {"case": case})
            return found.get("stage") == "reported"

        await until(stage, f"{city}: the item's arrival", arrived)
        move = {"case": case, "role": "responsible", "action": "report"}
        account = {"account": "生成数据：已落实"}
        await self._own(stage, city, "follow_up.act", {**move, "data": account})
        await until(stage, f"{office}: a report of {city}", reported)
        accept = {"case": case, "role": "office", "action": "accept"}
        await self._own(stage, office, "follow_up.act", accept)

    async def _own(
        self,
        stage: Stage,
        city: str,
        operation: str,
        data: dict[str, Any],
        *,
        refused: str | None = None,
    ) -> Any:
        return await stage.own(SERVICE, city, OFFICE, operation, data, refused=refused)


def _draft(meeting: dict[str, Any], cities: list[str]) -> dict[str, Any]:
    return {
        "id": f"{meeting['convener']}-J1",
        "meeting": meeting["id"],
        "point": 1,
        "voting": "unanimous",
        "title": TASK,
        "text": [TASK],
        "duties": [
            {
                "number": number,
                "city": city,
                "organisation": OFFICE,
                "task": TASK,
                "working_days": 10,
            }
            for number, city in enumerate(cities, 1)
        ],
    }
