"""Notices at random, for the tests of this folder, and one plain notice to start from."""

import string
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hanse.services.safety.traffic.contracts import Consultation, Description, Notice
from hanse.services.safety.traffic.places import (
    DEGREE,
    STAKE_METRES_MAX,
    Geometry,
    Point,
    RoadSection,
)
from hanse.services.safety.traffic.vocabulary import (
    ConsultationBasis,
    ControlGround,
    Direction,
    Level,
    Measure,
    NoticeKind,
    NoticeStatus,
    Shape,
    VehicleType,
)

CHENGDU, DEYANG, MIANYANG = "510100", "510600", "510700"
LESHAN, MEISHAN, YAAN = "511100", "511400", "511800"
CHONGQING = "500000"
CITIES = (CHENGDU, DEYANG, MIANYANG, LESHAN, MEISHAN, YAAN, CHONGQING)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""12:00 in Chengdu, a Monday."""


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def notice(**changes: Any) -> Notice:
    """An accident that closes G5 southbound for three hours, in all other respects as changed."""
    fields: dict[str, Any] = {
        "id": "510100-2026-17",
        "version": 1,
        "issuer": CHENGDU,
        "kind": NoticeKind.ACCIDENT,
        "road": "G5",
        "from_stake_m": 1_800_000,
        "to_stake_m": 1_806_500,
        "direction": Direction.UP,
        "issued_at": NOON,
        "updated_at": NOON,
        "start": NOON,
        "expected_end": NOON + hours(3),
        "public_from": NOON,
        "measure": Measure.CLOSED,
        "affected_cities": (CHENGDU,),
        "level": Level.LOCAL,
        "status": NoticeStatus.ISSUED,
        "other_measures_insufficient": True,
    }
    if "issuer" in changes and "id" not in changes:
        changes["id"] = f"{changes['issuer']}-2026-17"
    return Notice.model_validate(fields | changes)


_SIGNS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"
)
_EDGES = st.sampled_from(string.ascii_letters + string.digits + "成都雅安<&>\"'")


@st.composite
def lines(draw: st.DrawFn, length_max: int = 64) -> str:
    """One printable line, blanks inside it at most."""
    inner = draw(st.text(_SIGNS, max_size=min(length_max, 24) - 2))
    return draw(_EDGES) + inner + draw(_EDGES)


@st.composite
def proses(draw: st.DrawFn) -> str:
    """Lines with line feeds between them."""
    return "\n".join(draw(st.lists(lines(), min_size=1, max_size=3)))


roads = st.one_of(
    st.sampled_from(
        ["G5", "S4", "G4202", "G0512", "SA2", "I-80", "天府大道北段", "NE 150th Avenue"]
    ),
    lines(),
)
stakes = st.integers(0, STAKE_METRES_MAX)
points = st.builds(
    Point,
    longitude_e7=st.integers(-180 * DEGREE, 180 * DEGREE),
    latitude_e7=st.integers(-90 * DEGREE, 90 * DEGREE),
)
geometries = st.one_of(
    st.builds(
        Geometry,
        shape=st.just(Shape.LINE),
        points=st.lists(points, min_size=2, max_size=6).map(tuple),
    ),
    st.builds(
        Geometry,
        shape=st.just(Shape.POINTS),
        points=st.lists(points, min_size=1, max_size=3).map(tuple),
    ),
)
_SECONDS_2000_TO_2099 = 3_150_000_000
instants = st.builds(
    lambda seconds, milliseconds: (
        datetime(2000, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds, milliseconds=milliseconds)
    ),
    st.integers(0, _SECONDS_2000_TO_2099),
    st.integers(0, 999),
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


@st.composite
def sections(draw: st.DrawFn, geometry: st.SearchStrategy[Any] | None = None) -> RoadSection:
    """A section of a detour, with stakes in either sense or none."""
    ends = draw(_maybe(st.tuples(stakes, stakes)))
    return RoadSection(
        road=draw(roads),
        from_stake_m=ends and ends[0],
        to_stake_m=ends and ends[1],
        from_place=draw(_maybe(lines())),
        to_place=draw(_maybe(lines())),
        geometry=draw(_maybe(geometries) if geometry is None else geometry),
    )


consultations = st.builds(
    Consultation,
    basis=st.sampled_from(ConsultationBasis),
    neighbour=st.sampled_from(CITIES),
    at=instants,
)
descriptions = st.builds(Description, zh=proses(), en=_maybe(proses()))


@st.composite
def notices(draw: st.DrawFn, /, **given: st.SearchStrategy[Any]) -> Notice:
    """Any notice that the contract allows; `given` narrows single fields, `ends` demands an end."""
    issuer = draw(st.sampled_from(CITIES))
    start = draw(instants)
    ends = draw(_maybe(st.tuples(stakes, stakes)))
    status = draw(given.get("status", st.sampled_from(NoticeStatus)))
    measure = draw(given.get("measure", st.sampled_from(Measure)))
    speed: st.SearchStrategy[Any] = _maybe(st.integers(5, 120))
    if measure is Measure.SPEED_LIMIT:
        speed = st.integers(5, 120)
    elif measure is Measure.ADVISORY:
        speed = st.none()
    later = st.timedeltas(timedelta(milliseconds=1), timedelta(days=400)).map(
        lambda term: start + timedelta(milliseconds=1 + term // timedelta(milliseconds=1))
    )
    later = later.filter(lambda instant: instant.year < 2100)
    local = st.text(string.ascii_letters + string.digits, min_size=1, max_size=40)
    fields: dict[str, Any] = {
        "id": f"{issuer}-{draw(local)}",
        "version": draw(st.integers(1, 1_000_000)),
        "issuer": issuer,
        "kind": draw(given.get("kind", st.sampled_from(NoticeKind))),
        "road": draw(roads),
        "also_signed_as": (),
        "from_stake_m": ends and min(ends),
        "to_stake_m": ends and max(ends),
        "from_place": draw(_maybe(lines())),
        "to_place": draw(_maybe(lines())),
        "direction": draw(st.sampled_from(Direction)),
        "geometry": draw(given.get("geometry", _maybe(geometries))),
        "issued_at": draw(instants),
        "updated_at": draw(instants),
        "start": start,
        "expected_end": draw(later if "ends" in given else _maybe(later)),
        "lifted_at": draw(instants) if status is NoticeStatus.LIFTED else None,
        "public_from": draw(given.get("public_from", _maybe(instants))),
        "affected_vehicles": draw(st.lists(st.sampled_from(VehicleType), max_size=4)),
        "measure": measure,
        "speed_limit_kmh": draw(speed),
        "detour": draw(st.lists(given.get("section", sections()), max_size=3)),
        "affected_cities": draw(st.lists(st.sampled_from(CITIES), max_size=4)),
        "description": draw(_maybe(descriptions)),
        "level": draw(st.sampled_from(Level)),
        "status": status,
        "emergency": draw(st.booleans()),
        "provincial_entry": draw(st.booleans()),
        "consultation": draw(_maybe(consultations)),
        "control_ground": draw(_maybe(st.sampled_from(ControlGround))),
        "other_measures_insufficient": draw(st.booleans()),
    }
    others = draw(st.lists(roads, max_size=2, unique=True))
    fields["also_signed_as"] = tuple(name for name in others if name != fields["road"])
    return Notice.model_validate(fields)
