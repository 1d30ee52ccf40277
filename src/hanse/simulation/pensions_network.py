"""What happens to deliveries between simulated cities: lost, doubled, reordered, or in time."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from hanse.foundation.errors import Problem
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.exchange.delivery import Sealed
from hanse.simulation.part import require
from hanse.simulation.pension_league import PensionHost

LOST_SHARE = 0.1
DOUBLED_SHARE = 0.15


@dataclass
class Packet:
    """A delivery on its way, or with its answer on the way back."""

    sender: PensionHost
    receiver: PensionHost
    waiting: list[Outgoing]
    sealed: Sealed
    deaths: int
    """How often the sender had died when it sent: a reborn one no longer waits for the answer."""
    is_copy: bool = False
    answer: Sealed | None = None


@dataclass
class Network:
    """Every packet that is under way, and how many had what fate."""

    rng: Random
    packets: list[Packet] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0

    def send(self, one: PensionHost, other: PensionHost, now: datetime) -> None:
        """Some of what waits sets out, in any order."""
        waiting = one.waiting(other.city)
        if not waiting:
            return
        self.rng.shuffle(waiting)
        chosen = waiting[: self.rng.randrange(1, len(waiting) + 1)]
        sealed = one.seal(other.city, chosen, now)
        self.packets.append(Packet(one, other, chosen, sealed, one.deaths))

    def arrive(self, now: datetime) -> None:
        """One packet arrives, or gets lost; the oldest has no right to be first."""
        if not self.packets:
            return
        packet = self.packets.pop(self.rng.randrange(len(self.packets)))
        if self.rng.random() < LOST_SHARE:
            self.lost += 1
            return
        if packet.answer is not None:
            self._settle(packet, packet.answer, now)
            return
        if not packet.is_copy and self.rng.random() < DOUBLED_SHARE:
            self.doubled += 1
            copy = Packet(packet.sender, packet.receiver, [], packet.sealed, -1, is_copy=True)
            self.packets.append(copy)
        try:
            packet.answer = packet.receiver.take(packet.sealed, now)
        except Problem as problem:
            before = problem.code in ("delivery_replayed", "clock_skewed")
            require(before, "only what came before or too late is refused", problem)
            return
        if not packet.is_copy:
            self.packets.append(packet)

    def _settle(self, packet: Packet, answer: Sealed, now: datetime) -> None:
        if packet.deaths != packet.sender.deaths:
            return
        try:
            packet.sender.settle(packet.waiting, packet.sealed, answer, now)
        except Problem as problem:
            require(problem.code == "clock_skewed", "only a late answer finds nobody", problem)
