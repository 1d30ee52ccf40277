"""Locations of DATEX II: a single road, from kilometre post to kilometre post."""

import re
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from hanse.foundation.errors import Problem
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.formats.datex2_terms import (
    CITY_CODES,
    LATITUDE_FIRST,
    NAMESPACES,
    SENSE,
    WGS84,
    add,
    local_type,
    typed,
)
from hanse.services.safety.traffic.formats.reading import (
    UnreadableError,
    UnreadReason,
    build,
    degrees,
    point,
    read_number,
    whole_metres,
)
from hanse.services.safety.traffic.places import (
    GEOMETRY_POINTS_MAX,
    Geometry,
    Point,
    RoadSection,
    parse_stake,
)
from hanse.services.safety.traffic.vocabulary import Direction, Shape

_NUMBERED: Final = re.compile(r"[A-Z]{1,2}[0-9]{1,4}[A-Z]?")
"""A road number of GB/T 917 (G5, S4, G4202); any other name is a road's name."""


@dataclass(frozen=True)
class Place:
    """What one location says: lower stake first, the names of places likewise."""

    road: str
    also_signed_as: tuple[str, ...] = ()
    from_stake_m: int | None = None
    to_stake_m: int | None = None
    from_place: str | None = None
    to_place: str | None = None
    direction: Direction | None = None
    geometry: Geometry | None = None
    cities: tuple[str, ...] = ()


def place_of_notice(notice: Notice) -> Place:
    """Where a notice is."""
    return Place(
        road=notice.road,
        also_signed_as=notice.also_signed_as,
        from_stake_m=notice.from_stake_m,
        to_stake_m=notice.to_stake_m,
        from_place=notice.from_place,
        to_place=notice.to_place,
        direction=notice.direction,
        geometry=notice.geometry,
        cities=notice.affected_cities,
    )


def place_of_section(section: RoadSection) -> Place:
    """Where a section of a detour is: one travelled downward is turned, lower stake first."""
    place = Place(
        road=section.road,
        from_stake_m=section.from_stake_m,
        to_stake_m=section.to_stake_m,
        from_place=section.from_place,
        to_place=section.to_place,
        direction=section.direction,
        geometry=section.geometry,
    )
    return _turned(place) if place.direction is Direction.DOWN else place


def section_of_place(place: Place) -> RoadSection:
    """The section of a detour at a place, in the order of travel."""
    found = _turned(place) if place.direction is Direction.DOWN else place
    return build(
        RoadSection,
        {
            "road": found.road,
            "from_stake_m": found.from_stake_m,
            "to_stake_m": found.to_stake_m,
            "from_place": found.from_place,
            "to_place": found.to_place,
            "geometry": found.geometry,
        },
    )


def _turned(place: Place) -> Place:
    return replace(
        place,
        from_stake_m=place.to_stake_m,
        to_stake_m=place.from_stake_m,
        from_place=place.to_place,
        to_place=place.from_place,
    )


def write_place(parent: etree._Element, name: str, place: Place) -> None:
    """A `SingleRoadLinearLocation` as a new child of `parent`."""
    location = typed(add(parent, name), "loc:SingleRoadLinearLocation")
    for city in place.cities:
        reference = add(location, "loc:externalReferencing")
        add(reference, "loc:externalLocationCode", city)
        add(reference, "loc:externalReferencingSystem", CITY_CODES)
    if place.geometry is not None:
        _coordinates(add(location, "loc:coordinatesForDisplay"), place.geometry.points[0])
    _write_aside(location, place)
    description = add(location, "loc:supplementaryPositionalDescription")
    for road in (place.road, *place.also_signed_as):
        numbered = _NUMBERED.fullmatch(road) is not None
        information = add(description, "loc:roadInformation")
        add(information, "loc:roadNumber" if numbered else "loc:roadName", road)
    if place.geometry is not None and place.geometry.shape is Shape.LINE:
        line = add(location, "loc:gmlLineString", srsDimension="2", srsName=WGS84)
        add(line, "loc:posList", _positions(place.geometry))
    if place.from_stake_m is not None and place.to_stake_m is not None:
        section = add(location, "loc:linearWithinLinearElement")
        sense = SENSE[place.direction or Direction.BOTH]
        add(section, "loc:directionRelativeOnLinearSection", sense)
        element = typed(add(section, "loc:linearElement"), "loc:LinearElementByCode")
        add(element, "loc:linearElementNature", "road")
        add(element, "loc:linearElementIdentifier", place.road)
        _write_stake(section, "loc:fromPoint", place.from_stake_m)
        _write_stake(section, "loc:toPoint", place.to_stake_m)


def _write_stake(section: etree._Element, name: str, metres: int) -> None:
    """So many metres past a kilometre post, which is what a stake says on the road itself."""
    stake = typed(add(section, name), "loc:DistanceFromLinearElementReferent")
    add(stake, "loc:distanceAlong", str(metres % 1000))
    post = add(stake, "loc:fromReferent")
    add(post, "loc:referentIdentifier", f"K{metres // 1000}")
    add(post, "loc:referentType", "referenceMarker")


def _coordinates(parent: etree._Element, position: Point) -> None:
    add(parent, "loc:latitude", degrees(position.latitude_e7))
    add(parent, "loc:longitude", degrees(position.longitude_e7))


def _positions(geometry: Geometry) -> str:
    return " ".join(
        f"{degrees(position.latitude_e7)} {degrees(position.longitude_e7)}"
        for position in geometry.points
    )


def _write_aside(location: etree._Element, place: Place) -> None:
    values = {"hz:fromPlace": place.from_place, "hz:toPlace": place.to_place}
    if place.geometry is not None and place.geometry.shape is Shape.POINTS:
        values["hz:points"] = _positions(place.geometry)
    if any(value is not None for value in values.values()):
        aside = add(add(location, "loc:_locationExtension"), "hz:place")
        for name, value in values.items():
            if value is not None:
                add(aside, name, value)


_READ: Final = frozenset(
    {
        "externalReferencing",
        "coordinatesForDisplay",
        "_locationExtension",
        "supplementaryPositionalDescription",
        "gmlLineString",
        "linearWithinLinearElement",
    }
)


def read_place(location: etree._Element, dropped: list[str]) -> Place:
    """The place of a location. Of a group by list the members are read together, as one place.

    What the location says beyond that is named in `dropped`. A location that names no road is no
    place of a notice.
    """
    members = location.findall("loc:locationContainedInGroup", NAMESPACES) or [location]
    road: list[str] = []
    for member in members:
        road += [name for name in _roads(member) if name not in road]
        dropped += [
            str(etree.QName(child).localname)
            for child in member
            if etree.QName(child).localname not in _READ
        ]
    if not road:
        raise UnreadableError(UnreadReason.MALFORMED, f"no road in {local_type(location)}")
    low, high, direction = _stakes(members, dropped)
    aside = location.find("loc:_locationExtension/hz:place", NAMESPACES)
    return Place(
        road=road[0],
        also_signed_as=tuple(road[1:]),
        from_stake_m=low,
        to_stake_m=high,
        from_place=None if aside is None else aside.findtext("hz:fromPlace", None, NAMESPACES),
        to_place=None if aside is None else aside.findtext("hz:toPlace", None, NAMESPACES),
        direction=direction,
        geometry=_geometry(members, aside, dropped),
        cities=_cities(members, dropped),
    )


def _roads(member: etree._Element) -> list[str]:
    """The road's names in the order given; the number of each goes before its name."""
    informations = member.findall(
        "loc:supplementaryPositionalDescription/loc:roadInformation", NAMESPACES
    )
    element = "loc:linearWithinLinearElement/loc:linearElement/loc:"
    found = [
        information.findtext(name, None, NAMESPACES)
        for information in informations
        for name in ("loc:roadNumber", "loc:roadName")
    ] or [
        member.findtext(element + name, None, NAMESPACES)
        for name in ("roadNumber", "linearElementIdentifier")
    ][:1]
    return [name.strip() for name in found if name and name.strip()]


def _stakes(
    members: list[etree._Element], dropped: list[str]
) -> tuple[int | None, int | None, Direction | None]:
    """Lower stake, upper stake and direction; what cannot be reckoned in stakes is dropped."""
    for member in members:
        sections = member.findall("loc:linearWithinLinearElement", NAMESPACES)
        dropped += ["linearWithinLinearElement"] * (len(sections) - 1)
        for section in sections[:1]:
            ends = [
                _stake(section.find(name, NAMESPACES)) for name in ("loc:fromPoint", "loc:toPoint")
            ]
            sense = section.findtext("loc:directionRelativeOnLinearSection", None, NAMESPACES)
            direction = next((key for key, word in SENSE.items() if word == sense), None)
            if ends[0] is None or ends[1] is None:
                dropped.append("linearWithinLinearElement")
                return None, None, direction
            if ends[0] > ends[1]:
                return ends[1], ends[0], direction or Direction.DOWN
            return ends[0], ends[1], direction
    return None, None, None


def _stake(end: etree._Element | None) -> int | None:
    if end is None:
        return None
    along = whole_metres(read_number(end.findtext("loc:distanceAlong", "", NAMESPACES)))
    if local_type(end) == "DistanceFromLinearElementStart":
        return along
    post = end.findtext("loc:fromReferent/loc:referentIdentifier", "", NAMESPACES)
    if end.find("loc:towardsReferent", NAMESPACES) is not None:
        return None
    try:
        return parse_stake(post) + along
    except Problem:
        return None


def _geometry(
    members: list[etree._Element], aside: etree._Element | None, dropped: list[str]
) -> Geometry | None:
    points = None if aside is None else aside.findtext("hz:points", None, NAMESPACES)
    if points is not None:
        return build(Geometry, {"shape": Shape.POINTS, "points": _points(points)})
    for member in members:
        line = member.find("loc:gmlLineString", NAMESPACES)
        if line is None:
            continue
        if (
            line.get("srsName", "").strip() in LATITUDE_FIRST
            and line.get("srsDimension", "2") == "2"
        ):
            positions = line.findtext("loc:posList", "", NAMESPACES)
            return build(Geometry, {"points": _points(positions)})
        dropped.append(f"gmlLineString srsName={line.get('srsName')}")
    for member in members:
        display = member.find("loc:coordinatesForDisplay", NAMESPACES)
        if display is not None:
            pair = [
                display.findtext(f"loc:{axis}", "", NAMESPACES)
                for axis in ("latitude", "longitude")
            ]
            return build(Geometry, {"shape": Shape.POINTS, "points": _points(" ".join(pair))})
    return None


def _points(text: str) -> tuple[Point, ...]:
    numbers = text.split(maxsplit=2 * GEOMETRY_POINTS_MAX)
    if len(numbers) < 2 or len(numbers) % 2 or len(numbers) > 2 * GEOMETRY_POINTS_MAX:
        raise UnreadableError(UnreadReason.MALFORMED, "list of positions")
    return tuple(
        point(read_number(east), read_number(north))
        for north, east in zip(numbers[::2], numbers[1::2], strict=True)
    )


def _cities(members: list[etree._Element], dropped: list[str]) -> tuple[str, ...]:
    cities = []
    for member in members:
        for reference in member.findall("loc:externalReferencing", NAMESPACES):
            system = reference.findtext("loc:externalReferencingSystem", "", NAMESPACES)
            if system == CITY_CODES:
                cities.append(reference.findtext("loc:externalLocationCode", "", NAMESPACES))
            else:
                dropped.append(f"externalReferencing {system}")
    return tuple(cities)
