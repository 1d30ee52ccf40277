"""The end of the day: one clearing cycle over everything that the cities owe each other by then."""

import asyncio

from hanse.cli.day.stage import Stage
from hanse.foundation.clock import monotonic_seconds
from hanse.foundation.languages import Text
from hanse.node.zone import read_league

SERVICE = "finance.clearing"
CENTRE = "clearing-centre"
CYCLE = "day-1"
FUNDS_FEN = 10_000_000_00
"""Generated: more than the generated day can make a city owe."""
SETTLED_SECONDS_MAX = 60.0
POLL_SECONDS = 0.2


class ClearingPart:
    """`finance/clearing` in the day: it comes after all others."""

    service = SERVICE
    title = Text("资金清算与结算", "Clearing and settlement")

    def calls(self, stage: Stage) -> int:
        """About how many calls it makes, for the progress display."""
        return len(stage.zone.nodes) * 2 + 2

    async def play(self, stage: Stage) -> None:
        """Fund, cut, and wait for the settlement; every city must see it final, without a
        difference."""
        house = str(read_league().values["settlement"]["clearing_house"])
        if house not in stage.zone.nodes:
            return
        for city in sorted(stage.zone.nodes):
            funds = {"city": city, "amount_fen": FUNDS_FEN, "number": f"{CYCLE}-{city}"}
            await stage.own(SERVICE, house, CENTRE, "clearing.fund", funds)
        await stage.own(SERVICE, house, CENTRE, "clearing.open", {"cycle": CYCLE})
        for city in [house, *sorted(set(stage.zone.nodes) - {house})]:
            await self._final(stage, city)

    async def _final(self, stage: Stage, city: str) -> None:
        ending = monotonic_seconds() + SETTLED_SECONDS_MAX
        asked = {"cycle": CYCLE}
        while True:
            found = await stage.look(city, CENTRE, "clearing.cycle", asked)
            if found.get("state") == "settled":
                break
            if monotonic_seconds() > ending:
                stage.failures.append(f"{city}: the cycle is {found.get('state', found)}")
                return
            await asyncio.sleep(POLL_SECONDS)
        result = (await stage.own(SERVICE, city, CENTRE, "clearing.cycle", asked))["result"]
        if result["differences"]:
            stage.failures.append(f"{city}: {len(result['differences'])} differences in the cycle")
        if sum(one["net_fen"] for one in result["cities"]):
            stage.failures.append(f"{city}: the positions do not sum to zero")
        stage.remember(f"cleared {city}", sorted({one["state"] for one in result["pairs"]}))
