"""The names of cities and organisations, as the charter has them."""

from collections.abc import Mapping

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.due import NODE_ORGANISATION
from hanse.mechanisms.league.view import LeagueView


def city_names(league: LeagueView) -> Mapping[str, Text]:
    """Every member by its code."""
    return {city: league.name(city) for city in league.cities}


def organisation_name(league: LeagueView, city: str, organisation: str | None) -> Text:
    """An organisation's name with its city; its id where the charter does not list it."""
    place = league.name(city) if city in league.cities else Text(city, city)
    if not organisation:
        return place
    if organisation in (NODE_ORGANISATION, city):
        return Text(f"{place.zh}节点", f"node of {place.en}")
    member = None if league.charter is None else league.charter.cities.get(city)
    for one in () if member is None else member.organisations:
        if one.id == organisation:
            return Text(f"{place.zh}{one.name.zh}", f"{one.name.en}, {place.en}")
    return Text(f"{place.zh} {organisation}", f"{organisation}, {place.en}")
