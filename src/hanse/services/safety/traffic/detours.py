"""Where detours lead: the graph whose nodes are notices and whose edges are detours.

An edge runs from one notice to another when the first one's detour sends some vehicle, at some
time, onto what the second one closes for it (RULES 14: A sends traffic into B's closure).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.safety.traffic.contracts import Notice
from hanse.services.safety.traffic.places import RoadSection
from hanse.services.safety.traffic.roads import RoadTable, Stretch, stretch_of
from hanse.services.safety.traffic.vocabulary import (
    Direction,
    Measure,
    NoticeKind,
    NoticeStatus,
    VehicleType,
)

DETOUR_INTO_CLOSURE = ProblemKind(
    "traffic_detour_into_closure",
    409,
    Text("绕行路线通向已封闭路段", "The detour leads into a closure"),
    Text(
        "{section} 通向通报 {offending} 的封闭路段（{chain}），请改用其他路线",
        "{section} leads into the closure of notice {offending} ({chain}): choose another route",
    ),
)
ROAD_IS_DETOUR = ProblemKind(
    "traffic_road_is_detour",
    409,
    Text("该路段正作绕行路线使用", "This road is in use as a detour"),
    Text(
        "通报 {offending} 经 {section} 绕行（{chain}），请先与其发布城市协调",
        "Notice {offending} leads its traffic over {section} ({chain}): agree with its city first",
    ),
)

BARRING: Final = frozenset({Measure.CLOSED, Measure.RESTRICTED, Measure.DIVERSION})
"""Measures that keep the vehicles concerned off the stretch itself."""

_GOODS: Final = frozenset(
    {
        VehicleType.TRUCK,
        VehicleType.HEAVY_TRUCK,
        VehicleType.TRAILER,
        VehicleType.HAZARDOUS_GOODS,
        VehicleType.OVERSIZE,
    }
)
"""One vehicle may be several of these at once."""


@dataclass(frozen=True)
class DetourConflict:
    """A chain of notices along which traffic is sent: from the first into the second's closure.

    `section` is the part of the first one's detour that leads there. `cycle` tells that the chain
    ends where it began.
    """

    chain: tuple[str, ...]
    section: RoadSection
    cycle: bool

    @property
    def offending(self) -> str:
        """The notice into whose closure the traffic is sent."""
        return self.chain[1]

    def __str__(self) -> str:
        return " → ".join(self.chain)


Edges = Mapping[str, Mapping[str, RoadSection]]


def share_vehicles(one: Iterable[VehicleType], other: Iterable[VehicleType]) -> bool:
    """Whether some vehicle is in both lists; an empty list is everybody."""
    ours, theirs = set(one), set(other)
    if not ours or not theirs or ours & theirs:
        return True
    if VehicleType.THROUGH_TRAFFIC in ours | theirs:
        return True
    return bool(ours & _GOODS and theirs & _GOODS)


def share_time(one: Notice, other: Notice, at: datetime) -> bool:
    """Whether both hold at some instant. A notice past its expected end holds until lifted."""
    if NoticeStatus.LIFTED in {one.status, other.status}:
        return False
    return _begins_before_end(one, other, at) and _begins_before_end(other, one, at)


def _begins_before_end(one: Notice, other: Notice, at: datetime) -> bool:
    end = other.expected_end
    return end is None or end <= at or one.start < end


def leads_into(section: RoadSection, notice: Notice, roads: RoadTable) -> bool:
    """Whether who travels the section meets what the notice closes.

    A closed entry bars only those who would get onto the road there.
    """
    closed = stretch_of(notice)
    if notice.measure in BARRING:
        return roads.meet(stretch_of(section), closed)
    if notice.measure is Measure.ENTRY_CLOSED:
        begin = section.from_stake_m
        entry = Stretch(section.road, begin, begin, section.direction)
        return roads.meet(entry, closed)
    return False


def detour_edges(notices: Iterable[Notice], roads: RoadTable, at: datetime) -> Edges:
    """For each notice the notices into which its detour leads, with the first such section."""
    known = tuple(notices)
    edges: dict[str, dict[str, RoadSection]] = {notice.id: {} for notice in known}
    for sender in known:
        for closed in known if sender.detour else ():
            section = _first_section_into(sender, closed, roads, at)
            if section is not None:
                edges[sender.id][closed.id] = section
    return edges


def _first_section_into(
    sender: Notice, closed: Notice, roads: RoadTable, at: datetime
) -> RoadSection | None:
    if not share_time(sender, closed, at):
        return None
    if not share_vehicles(sender.affected_vehicles, closed.affected_vehicles):
        return None
    for section in sender.detour:
        ways = (section, _turned(section)) if sender.direction is Direction.BOTH else (section,)
        if any(leads_into(way, closed, roads) for way in ways):
            return section
    return None


def _turned(section: RoadSection) -> RoadSection:
    """The section travelled the other way: a detour for both directions is used both ways."""
    return RoadSection(
        road=section.road, from_stake_m=section.to_stake_m, to_stake_m=section.from_stake_m
    )


def detour_conflicts(
    notice: Notice, others: Iterable[Notice], roads: RoadTable, at: datetime
) -> tuple[DetourConflict, ...]:
    """What is wrong once `notice` stands beside `others` (its own older versions are left out).

    First where its own detour leads, a detour into its own closure among them; then whose detour
    leads into its closure. Each chain is followed on through the detours of the notices it meets.
    """
    beside = tuple(other for other in others if other.id != notice.id)
    edges = detour_edges((notice, *beside), roads, at)
    senders = [notice.id, *(o.id for o in beside if notice.id in edges[o.id])]
    found = []
    for sender in senders:
        for target, section in edges[sender].items():
            if notice.id in {sender, target}:
                chain, cycle = _follow(sender, target, edges)
                found.append(DetourConflict(chain, section, cycle))
    return tuple(found)


def _follow(sender: str, target: str, edges: Edges) -> tuple[tuple[str, ...], bool]:
    """The chain from sender through target: back to the sender if it can, else as far as it goes.

    Breadth first, so that the chain told is the shortest of its kind.
    """
    came_from: dict[str, str] = {target: sender}
    queue = [target]
    for reached in queue:  # grows as it is walked
        if reached == sender:
            return _walk_back(sender, target, came_from), True
        for following in edges[reached]:
            if following not in came_from:
                came_from[following] = reached
                queue.append(following)
    return _walk_back(queue[-1], target, came_from), False


def _walk_back(last: str, target: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    chain = [last]
    while len(chain) == 1 or chain[-2] != target:
        chain.append(came_from[chain[-1]])
    return tuple(reversed(chain))


def check_detour(
    notice: Notice, others: Iterable[Notice], roads: RoadTable, at: datetime
) -> tuple[DetourConflict, ...]:
    """Refuse a notice whose detour leads into a closure, its own among them.

    Works and events that would close a road on which another notice leads its traffic are
    refused as well, unless declared an emergency. What nobody planned is published all the same:
    the conflicts returned tell whose detour must now be changed.
    """
    incoming = []
    for conflict in detour_conflicts(notice, others, roads, at):
        if conflict.chain[0] == notice.id:
            raise DETOUR_INTO_CLOSURE(
                offending=conflict.offending, section=conflict.section, chain=conflict
            )
        if notice.kind in {NoticeKind.WORKS, NoticeKind.EVENT} and not notice.emergency:
            raise ROAD_IS_DETOUR(
                offending=conflict.chain[0], section=conflict.section, chain=conflict
            )
        incoming.append(conflict)
    return tuple(incoming)
