"""The day of pensions: relations move between all cities with their funds; some not at once."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from hanse.cli.day.stage import CONCURRENT_CALLS_MAX, DAY_START, Stage, at_most, until
from hanse.foundation.languages import Text
from hanse.foundation.store import Transaction
from hanse.mechanisms.cases import book as cases
from hanse.node.zone import SAMPLE_PERSON
from hanse.services.social.pensions.procedure import PENSION_TRANSFER
from hanse.simulation import pension_people as people

SERVICE = "social.pensions"
AGENCY = "social-insurance"
BUREAU = "human-resources"
KINDS = ("whole", "whole", "returned", "partial", "cancelled")
"""What becomes of each city's arriving workers, one of each."""
CALLS = {"whole": 8, "returned": 12, "partial": 9, "cancelled": 6}
FUND_CALLS = 5
LEFT_OPEN = ("applied", "accepted")
"""What each city has open at the end of the day: an application, and one that another accepted."""
LEFT_CALLS = 5
LEFT_FROM = 200
"""Where the numbers of their workers begin."""
ARRIVAL_SECONDS_MAX = 30.0
TODAY = DAY_START.date().isoformat()
NOTICE = b"%PDF-1.7\n% generated: notice of what cannot move\n%%EOF\n"


@dataclass(frozen=True)
class Move:
    """One generated worker's move."""

    number: int
    kind: str
    origin: str
    destination: str
    person: str = ""
    """The worker, where it is not one made up for the move."""

    @property
    def name(self) -> str:
        """How the day's record calls it."""
        return f"pension {self.destination} {self.number}"

    @property
    def citizen_id(self) -> str:
        """The made-up number of the worker."""
        return self.person or people.citizen(
            self.origin, 6 * int(self.destination[2:4]) + self.number
        )


def _left(cities: list[str], place: int, number: int) -> Move:
    """A move that is left open; the resident of the demonstration is the first city's."""
    destination, origin = cities[place], cities[(place + 1) % len(cities)]
    kind = LEFT_OPEN[number]
    if place == 0 and kind == "accepted":
        return Move(LEFT_FROM + number, kind, origin, destination, SAMPLE_PERSON)
    worker = people.citizen(origin, LEFT_FROM + len(LEFT_OPEN) * place + number)
    return Move(LEFT_FROM + number, kind, origin, destination, worker)


class PensionsPart:
    """`social/pensions` in the day."""

    service = SERVICE
    title = Text("养老保险关系转移接续", "Pension relations moved")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        cities = len(stage.zone.nodes)
        moved = sum(CALLS[kind] for kind in KINDS)
        return cities * (moved + FUND_CALLS + LEFT_CALLS * len(LEFT_OPEN))

    async def play(self, stage: Stage) -> None:
        """Move workers between every city and its neighbours on the list; compare the books."""
        cities = sorted(stage.zone.nodes)
        moves = [
            Move(number, kind, cities[(place + 1 + number) % len(cities)], city)
            for place, city in enumerate(cities)
            for number, kind in enumerate(KINDS)
            if len(cities) > 1 and (1 + number) % len(cities)
        ]
        for city in cities:  # a fund holds more than one worker's money
            others = people.whole(city, people.citizen(city, 390), city)
            await self._own(stage, city, "pension.keep", others)
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._move, stage, one) for one in moves])
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._be_refused, stage, c) for c in cities])
        await self._compare(stage, cities)
        left = [
            _left(cities, place, number)
            for place in range(len(cities))
            for number in range(len(LEFT_OPEN))
            if len(cities) > 1
        ]
        await at_most(CONCURRENT_CALLS_MAX, [partial(self._leave, stage, one) for one in left])

    async def _leave(self, stage: Stage, move: Move) -> None:
        """Begin a move and leave it where it stands: something for the desks to take up."""
        certificate = await self._prepare(stage, move)
        case = await self._apply(stage, move, certificate)
        if move.kind == "accepted":
            await self._accept(stage, move, case, certificate)
            await self._arrived(stage, move.origin, case, 2)

    async def _move(self, stage: Stage, move: Move) -> None:
        certificate = await self._prepare(stage, move)
        case = await self._apply(stage, move, certificate)
        letter = await self._accept(stage, move, case, certificate)
        await self._arrived(stage, move.origin, case, 2)
        if move.kind == "cancelled":
            await self._act(stage, move, case, "applicant", "cancel", reason=people.GENERATED)
            await self._arrived(stage, move.origin, case, 3)
            stage.remember(move.name, "cancelled")
            return
        sheet = await self._own(stage, move.origin, "pension.make_sheet", {"letter": letter})
        step = 3
        if move.kind == "returned":
            await self._be_returned(stage, move, case, sheet)
            step = 6
            sheet = await self._own(stage, move.origin, "pension.make_sheet", {"letter": letter})
        if move.kind == "partial":
            await self._announce(stage, move, case, sheet)
            await self._arrived(stage, move.origin, case, 3)
            step = 4
        await self._act(stage, move, case, "origin", "send_sheet", data=sheet)
        await self._arrived(stage, move.destination, case, step + 1)  # the funds follow the sheet
        paid = {"funds_received": sheet["cash"]}
        await self._act(stage, move, case, "destination", "receive", data=paid)
        await self._arrived(stage, move.origin, case, step + 2)
        stage.remember(move.name, [sheet["account_total"], sheet["pool_total"], step + 2])

    async def _prepare(self, stage: Stage, move: Move) -> dict[str, Any]:
        """Both cities keep the worker's rows; the origin gives the certificate."""
        chance = stage.chance(move.name)
        household = chance.choice([move.origin, move.destination, "512000"])
        relation = people.leaving(chance, move.origin, move.citizen_id, household)
        if move.kind == "partial":
            relation = people.with_unproved_years(relation, move.origin)
        here = people.arriving(move.destination, move.citizen_id, household)
        await self._own(stage, move.origin, "pension.keep", relation)
        await self._own(stage, move.destination, "pension.keep", here)
        asked = {"citizen_id": move.citizen_id}
        given = await self._own(stage, move.origin, "pension.issue_certificate", asked)
        return dict(given)

    async def _apply(self, stage: Stage, move: Move, certificate: dict[str, Any]) -> str:
        application = people.application(certificate, move.destination, (AGENCY, BUREAU))
        taken = await self._own(stage, move.destination, "pension_transfer.start", application)
        return str(taken["case"])

    async def _accept(
        self, stage: Stage, move: Move, case: str, certificate: dict[str, Any]
    ) -> dict[str, Any]:
        number = f"L{move.destination}-{move.number}-{move.origin}"
        letter = people.letter(certificate, move.destination, number, TODAY, "city_66")
        await self._act(stage, move, case, "destination", "accept", data=letter)
        return letter

    async def _be_returned(
        self, stage: Stage, move: Move, case: str, sheet: dict[str, Any]
    ) -> None:
        """A sheet that adds up and breaks the rules: refused, returned with what differs."""
        wrong = people.miscounted(sheet, f"{sheet['number']}-1")
        await self._act(stage, move, case, "origin", "send_sheet", data=wrong)
        await self._arrived(stage, move.destination, case, 4)
        paid = {"funds_received": wrong["cash"]}
        await self._act(
            stage, move, case, "destination", "receive", data=paid, refused="pension_sheet_differs"
        )
        found = {"findings": ["pool_differs"]}
        await self._act(
            stage, move, case, "destination", "return_sheet", data=found, reason=people.GENERATED
        )
        await self._arrived(stage, move.origin, case, 5)

    async def _announce(self, stage: Stage, move: Move, case: str, sheet: dict[str, Any]) -> None:
        """The worker is told in writing what cannot move, with the notice as a document."""
        notice = NOTICE + f"% {case}\n".encode()
        token = stage.zone.tokens[move.origin][AGENCY]
        url = f"{stage.zone.addresses[move.origin]}/api/bodies"
        headers = {"Authorization": f"Bearer {token}"}
        async with stage.session.put(url, data=notice, headers=headers) as response:
            if response.status != 201:
                stage.failures.append(f"{move.name}: the notice was not stored")
        paper = {
            "digest": f"sha-256:{hashlib.sha256(notice).hexdigest()}",
            "kind": "unmovable_notice",
            "name": "不予转移告知书.pdf",
            "media_type": "application/pdf",
            "size_bytes": len(notice),
        }
        told = {"left_behind": sheet["left_behind"], "told_on": TODAY}
        await self._act(
            stage, move, case, "origin", "announce_unmovable", data=told, documents=[paper],
            reason=people.GENERATED,
        )  # fmt: skip

    async def _be_refused(self, stage: Stage, city: str) -> None:
        """An application before being insured here, and a stranger to the case."""
        other = next(one for one in sorted(stage.zone.nodes) if one != city)
        move = Move(len(KINDS), "whole", other, city)
        relation = people.leaving(stage.chance(move.name), other, move.citizen_id, other)
        await self._own(stage, other, "pension.keep", relation)
        asked = {"citizen_id": move.citizen_id}
        certificate = await self._own(stage, other, "pension.issue_certificate", asked)
        application = people.application(certificate, city, (AGENCY, BUREAU))
        await self._own(
            stage, city, "pension_transfer.start", application, refused="pension_not_insured_here"
        )

    async def _compare(self, stage: Stage, cities: list[str]) -> None:
        """What one fund owes the other is what the other expects, to the fen."""
        positions = {
            city: (await self._own(stage, city, "pension.funds", {}))["owed_by_peers"]
            for city in cities
        }
        for city, owed in positions.items():
            for peer, amount in owed.items():
                mirrored = positions[peer].get(city, 0)
                if amount != -mirrored:
                    stage.failures.append(f"{city}<{peer}: {amount} fen here, {mirrored} there")
        stage.remember("pension positions", positions)

    async def _own(self, stage: Stage, city: str, operation: str, data: Any, **more: Any) -> Any:
        return await stage.own(SERVICE, city, AGENCY, operation, data, **more)

    async def _act(
        self, stage: Stage, move: Move, case: str, role: str, action: str, **more: Any
    ) -> None:
        refused = more.pop("refused", None)
        city = move.origin if role == "origin" else move.destination
        step = {"case": case, "role": role, "action": action, **more}
        await self._own(stage, city, "pension_transfer.act", step, refused=refused)

    async def _arrived(self, stage: Stage, city: str, case: str, number: int) -> None:
        """Wait until a city's history of the case has that step."""

        def held(transaction: Transaction) -> bool:
            found = cases.load(transaction, PENSION_TRANSFER.name, case)
            return found is not None and found.number >= number

        if not await until(ARRIVAL_SECONDS_MAX, partial(stage.zone.nodes[city].read, held)):
            stage.failures.append(f"{city}: step {number} of {case} did not arrive")
