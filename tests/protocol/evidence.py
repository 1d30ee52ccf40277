"""Makes the evidence vectors: `python -m tests.protocol.evidence` runs three cities and proves."""

import asyncio
import copy
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hanse.foundation.store.transaction import reading
from hanse.mechanisms.exchange.desk import Question
from hanse.mechanisms.journal.proving import prove
from hanse.mechanisms.league import store as league_store
from hanse.node.zone import init_zone, running
from tests.node.running import CHEAP, small_league
from tests.protocol.vectors import FOLDER

PATH = FOLDER / "evidence.json"
ASKER, ASKED = "510100", "510600"
Change = Callable[[dict[str, Any]], None]


async def fresh(folder: Path) -> tuple[dict[str, Any], list[Any]]:
    """An evidence file of a real exchange between running nodes, and its charter."""
    init_zone(folder, small_league(ASKER, ASKED, "510700"), cost=CHEAP)
    async with running(folder) as zone:
        node = zone.nodes[ASKER]
        question = Question(city=ASKED, operation="league.ping", data={}, organisation="operations")
        answers = await node.questions.ask_all([question, question, question], 20)
        await node.witnessing.checkpoint_now()
        with reading(node.engine) as transaction:
            charter = league_store.current_charter(transaction)
            assert charter is not None
            data = prove(transaction, answers[1]["message_id"], ASKER, charter)
    return json.loads(data), [json.loads(charter.to_bytes())]


def changed(text: str) -> str:
    """A text with its first character exchanged for another one of base64url."""
    return ("B" if text[0] != "B" else "C") + text[1:]


def _line(one: dict[str, Any]) -> None:
    message = one["exchange"]["message"]
    message["line"] = message["line"].replace("league.ping", "league.pong")


def _path(one: dict[str, Any]) -> None:
    one["exchange"]["message"]["path"] = one["exchange"]["message"]["path"][:-1]


def _index(one: dict[str, Any]) -> None:
    one["exchange"]["index"] = (one["exchange"]["index"] + 1) % one["exchange"]["count"]


def _request_signature(one: dict[str, Any]) -> None:
    request = one["exchange"]["request"]
    request["signature"] = changed(request["signature"])


def _key(one: dict[str, Any]) -> None:
    request = one["exchange"]["request"]
    request["base"] = request["base"].replace("510100/k1", "510100/k9")


def _swapped(one: dict[str, Any]) -> None:
    exchange = one["exchange"]
    exchange["request"], exchange["response"] = exchange["response"], exchange["request"]
    exchange["message"], exchange["reply"] = exchange["reply"], exchange["message"]


def _details(one: dict[str, Any]) -> None:
    one["journal"]["details"] = one["journal"]["details"].replace("510600", "510700")


def _city(one: dict[str, Any]) -> None:
    one["journal"]["city"] = "510700"


def _other_side(one: dict[str, Any]) -> None:
    one["journal"]["city"] = ASKED


def _position(one: dict[str, Any]) -> None:
    one["journal"]["position"] += 1


def _entry_time(one: dict[str, Any]) -> None:
    one["journal"]["entry"] = one["journal"]["entry"].replace('"at":"2', '"at":"1')


def _no_witness(one: dict[str, Any]) -> None:
    text, _, signatures = one["checkpoint"].partition("\n\n")
    own = [line for line in signatures.splitlines() if f"/{ASKER} " in line]
    one["checkpoint"] = text + "\n\n" + "\n".join(own) + "\n"


def _charter(one: dict[str, Any]) -> None:
    one["charter"]["digest"] = "sha-256:" + "0" * 64


BAD: list[tuple[str, Change]] = [
    ("evidence_message_changed", _line),
    ("evidence_not_in_delivery", _path),
    ("evidence_not_in_delivery", _index),
    ("evidence_signature_invalid", _request_signature),
    ("evidence_key_not_listed", _key),
    ("evidence_base_malformed", _swapped),
    ("evidence_entry_changed", _details),
    ("evidence_parties_wrong", _city),
    ("evidence_entry_other_delivery", _other_side),
    ("evidence_not_in_journal", _position),
    ("evidence_not_in_journal", _entry_time),
    ("evidence_quorum_missing", _no_witness),
    ("evidence_charter_other", _charter),
]


def erased(one: dict[str, Any]) -> dict[str, Any]:
    """The same evidence after both contents were erased."""
    copied = copy.deepcopy(one)
    for name in ("message", "reply"):
        del copied["exchange"][name]["line"]
    return copied


def vectors() -> dict[str, Any]:
    """A good file, the same with its contents erased, and bad ones with their codes."""
    with tempfile.TemporaryDirectory() as folder:
        good, charters = asyncio.run(fresh(Path(folder)))
    bad = []
    for code, change in BAD:
        one = copy.deepcopy(good)
        change(one)
        bad.append({"code": code, "why": change.__name__.strip("_"), "evidence": one})
    return {"charters": charters, "good": [good, erased(good)], "bad": bad}


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", "utf-8")
