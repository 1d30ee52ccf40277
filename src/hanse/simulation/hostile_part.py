"""Hostile members: they hold a real key, and send what they may not."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hanse.foundation.identity import base64url
from hanse.mechanisms.exchange.delivery import Signer, seal_request
from hanse.simulation.exchange_part import deliver
from hanse.simulation.part import Part
from hanse.simulation.world import Packet, World, two

TRICKS = (
    "recipient",
    "sender",
    "purpose",
    "organisation",
    "operation",
    "agreement",
    "content",
    "invalid",
    "ahead",
    "past",
    "unasked",
    "unpurposed",
    "expired",
    "skewed",
    "other-answer",
    "brief",
)


def attack(world: World, rng: Random) -> str | None:
    """One message that is wrong in one way, in a well-signed delivery."""
    town, other = two(world, rng)
    trick = rng.choice(TRICKS)
    line = _line(world, rng, town.city, other.city, trick)
    if line is None:
        return None
    created = world.clock(town)
    if trick == "skewed":
        created = world.clock(other) + timedelta(seconds=rng.choice((-900, -310, 310, 900)))
    key_id = rng.choice(sorted(town.keys)[1:]) if rng.random() < 0.3 else town.key_id
    if key_id == "v1":
        key_id = town.key_id
    sealed = seal_request(
        [json.dumps(line, ensure_ascii=False).encode()],
        Signer(town.city, key_id, town.keys[key_id]),
        authority=f"{other.city}.simulated",
        charter_version=1,
        now=created,
        nonce=town.randomness(16),
    )
    return f"hostile {trick}: {deliver(world, Packet(town, other, sealed, [], -1))}"


def _line(
    world: World, rng: Random, sender: str, recipient: str, trick: str
) -> dict[str, Any] | None:
    draw = world.books[recipient]
    line: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{rng.getrandbits(128):032x}",
        "type": "hanse.request.simulated.add",
        "source": f"urn:hanse:{sender}:bureau",
        "time": "2026-11-25T01:00:00Z",
        "recipient": recipient,
        "salt": base64url(rng.randbytes(16)),
        "purpose": "trial",
        "data": {"amount": rng.randrange(90)},
    }
    others = [town.city for town in world.towns if town.city not in (sender, recipient)]
    if trick == "recipient":
        line["recipient"] = others[0] if others else sender
    elif trick == "sender":
        line["source"] = f"urn:hanse:{others[0] if others else recipient}:bureau"
    elif trick == "purpose":
        line["purpose"] = "other"
    elif trick == "organisation":
        line["source"] = f"urn:hanse:{sender}:stranger"
    elif trick == "operation":
        line["type"] = f"hanse.request.{rng.choice(('simulated.give', 'simulated.none'))}"
    elif trick == "agreement":
        line["agreement"] = "b"
    elif trick == "unpurposed":
        del line["purpose"]
    elif trick in ("expired", "brief"):
        line["type"] = "hanse.request.simulated.brief"
    elif trick == "invalid":
        line["data"] = {"amount": rng.choice((-1, 101, "many"))}
    elif trick == "content":
        known = sorted(key[1] for key in draw.replies if key[0] == sender)
        if not known:
            return None
        line["id"] = rng.choice(known)
    elif trick in ("ahead", "past"):
        line["type"] = "hanse.event.simulated.said"
        at = draw.positions.get((sender, "simulated.said"), 0)
        line["sequence"] = at + 1000 if trick == "ahead" else at
        if line["sequence"] < 1:
            return None
    elif trick in ("unasked", "other-answer"):
        line["type"] = "hanse.answer.simulated.later"
        asked = sorted(key for key, one in draw.asked.items() if one.peer != sender)
        settled = sorted(
            key for key, one in draw.asked.items() if one.state == "done" and one.peer == sender
        )
        pool = asked + settled
        line["inreplyto"] = rng.choice(pool) if pool and trick == "other-answer" else "none"
    return line


def replayed(world: World, rng: Random) -> str | None:
    """A delivery that was taken before is sent again, as it was or tampered with."""
    recent = world.sealed_before[-20:]
    if not recent:
        return None
    sender, receiver, sealed = rng.choice(recent)
    if rng.random() < 0.4:
        body = sealed.body.replace(b'"amount":', b'"amount": ', 1)
        if body == sealed.body:
            return None
        tampered = replace(sealed, body=body)
        return f"tampered: {deliver(world, Packet(sender, receiver, tampered, [], -2))}"
    return f"replayed: {deliver(world, Packet(sender, receiver, sealed, [], -1))}"


def nothing(world: World, healed: bool) -> None:
    """What hostile members may not do is in the model of the exchange."""


HOSTILE = Part(
    name="hostile",
    covers=(),
    load={"attack": (6, attack), "replayed": (3, replayed)},
    check=nothing,
    faults={"attack": "hostile", "replayed": "hostile"},
)
