"""Makes the vectors of docs/protocol.md: `python -m tests.protocol.vectors` writes them anew.

Everything follows from fixed seeds, so the files change only when the protocol does.
"""

import importlib
import json
import pkgutil
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hanse
from hanse.foundation.errors import KINDS
from hanse.foundation.identity import base64url, seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.merkle import root
from hanse.mechanisms.exchange.delivery import (
    Sealed,
    Signer,
    bytes_field,
    seal_request,
    seal_response,
)
from hanse.mechanisms.exchange.message import Kind, Message, Party, commitment
from hanse.mechanisms.league.agreements import Agreement, Statement
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Document, Signed, sign

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "protocol"
START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
CITIES = {"510100": ("成都市", "Chengdu"), "510600": ("德阳市", "Deyang")}
AUTHORITY = "hanse.deyang.example"


def keys() -> dict[str, PrivateKey]:
    """The cities' keys of all vectors; their secrets are in the vectors and good for nothing."""
    return {city: generate("ed25519", seeded_randomness(f"vector {city}")) for city in CITIES}


def charter(version: int = 1, previous: str | None = None, **changes: Any) -> Charter:
    """The league of the vectors."""
    values = {
        "league": "vectors",
        "version": version,
        "previous": previous,
        "title": {"zh": "示例联盟", "en": "A league of vectors"},
        "issued_at": START,
        "valid_from": START,
        "valid_until": START + timedelta(days=365),
        "threshold": 2,
        "witness_quorum": 1,
        "members": [
            {
                "city": city,
                "name": {"zh": zh, "en": en},
                "address": f"https://hanse.{en.lower()}.example",
                "keys": [
                    {
                        "id": "k1",
                        **keys()[city].public.as_dict(),
                        "uses": ["exchange", "charter", "witness"],
                        "valid_from": START,
                    }
                ],
            }
            for city, (zh, en) in CITIES.items()
        ],
    }
    return Charter.model_validate(values | changes)


def agreement() -> Agreement:
    """An agreement between the two cities."""
    return Agreement.model_validate(
        {
            "id": "credit",
            "version": 1,
            "league": "vectors",
            "title": {"zh": "示例协议", "en": "An agreement of vectors"},
            "parties": list(CITIES),
            "valid_from": START,
            "valid_until": START + timedelta(days=300),
            "grants": [
                {
                    "id": "records",
                    "operations": ["credit.record"],
                    "organisations": ["510100/tendering"],
                    "purposes": ["tendering"],
                    "fields": ["subject", "records[].decided_on"],
                    "rate_per_minute": 60,
                    "legal_basis": {"zh": "示例", "en": "an example"},
                }
            ],
        }
    )


def statement() -> Statement:
    """One of the cities suspends it."""
    return Statement.model_validate(
        {
            "league": "vectors",
            "agreement": "credit",
            "city": "510600",
            "sequence": 1,
            "kind": "suspend",
            "issued_at": START,
            "effective_at": START,
            "reason": {"zh": "复核", "en": "under review"},
        }
    )


def signed(document: Document, cities: list[str]) -> dict[str, Any]:
    """A document with signatures, as JSON."""
    found: Signed[Any] = Signed(
        document, tuple(sign(document, city, "k1", keys()[city]) for city in cities)
    )
    loaded: dict[str, Any] = json.loads(found.to_bytes())
    return loaded


def described(document: Document, cities: list[str]) -> dict[str, Any]:
    """A document with all that a writer needs to check each step."""
    return {
        "signed": signed(document, cities),
        "canonical": document.canonical().decode(),
        "digest": document.digest,
        "signed_bytes_base64": b64encode(document.signed_bytes()).decode(),
    }


def documents() -> dict[str, Any]:
    """Charters, an agreement and a statement, good and bad."""
    first = charter()
    both = list(CITIES)
    second = charter(2, first.digest, title={"zh": "示例联盟", "en": "Renamed"})
    unsigned = signed(second, [])
    wrong = signed(second, both)
    wrong["signatures"][0]["signature"] = wrong["signatures"][1]["signature"]
    twice = signed(second, both)
    twice["signatures"].append(twice["signatures"][0])
    bad = [
        ("charter_unsigned", unsigned),
        ("charter_below_threshold", signed(second, ["510100"])),
        ("charter_version_gap", signed(charter(3, second.digest), both)),
        ("charter_previous_mismatch", signed(charter(2, "sha-256:" + "0" * 64), both)),
        ("charter_signature_wrong", wrong),
        ("charter_signed_twice", twice),
        ("charter_league_changed", signed(charter(2, first.digest, league="others"), both)),
        (
            "charter_forked",
            signed(charter(title={"zh": "示例联盟", "en": "Another first"}), both),
        ),
    ]
    return {
        "secrets": {city: base64url(key.secret) for city, key in keys().items()},
        "charter": described(first, both),
        "next_charter": described(second, both),
        "at": "2026-11-25T02:00:00.000Z",
        "bad_after_charter": [{"code": code, "signed": value} for code, value in bad],
        "agreement": described(agreement(), both),
        "statement": described(statement(), ["510600"]),
    }


def message(identifier: str = "order-1", **changes: Any) -> Message:
    """A request of Chengdu's tendering centre to Deyang."""
    values: dict[str, Any] = {
        "id": identifier,
        "kind": Kind.REQUEST,
        "operation": "credit.record",
        "sender": Party("510100", "tendering"),
        "recipient": "510600",
        "time": "2026-11-25T01:00:00.000Z",
        "salt": base64url(bytes(range(16))),
        "data": {"subject": "91350100M000100Y43"},
        "purpose": "tendering",
        "agreement": "credit",
    }
    return Message(**(values | changes))


def messages() -> dict[str, Any]:
    """A line with its commitment, and lines that must be refused."""
    good = message().to_line()
    attributes = json.loads(good)

    def without(name: str) -> str:
        return json.dumps({key: value for key, value in attributes.items() if key != name})

    def with_(**changes: Any) -> str:
        return json.dumps(attributes | changes)

    deep = "[" * 70 + "]" * 70
    bad = [
        ("not JSON", "{"),
        ("not an object", "[]"),
        *((f"without {name}", without(name)) for name in ("id", "type", "salt", "data", "time")),
        ("another CloudEvents version", with_(specversion="0.3")),
        ("a type of another protocol", with_(type="com.example.request.credit.record")),
        ("a kind that is none", with_(type="hanse.order.credit.record")),
        ("a source without organisation", with_(source="urn:hanse:510100")),
        ("a salt too short", with_(salt="AAAA")),
        ("an attribute that is not known", with_(subject="x")),
        ("a sequence of zero", with_(sequence=0)),
        ("a sequence that is a text", with_(sequence="1")),
        ("an id too long", with_(id="x" * 129)),
        ("nested too deep", with_(data=json.loads(deep))),
    ]
    return {
        "good": [
            {
                "line": good.decode(),
                "commitment": commitment(good).hex(),
                "kind": "request",
                "operation": "credit.record",
            }
        ],
        "bad": [{"why": why, "line": line, "code": "message_malformed"} for why, line in bad],
    }


def delivery() -> dict[str, Any]:
    """A request and its answer, sealed, with every intermediate value; and what breaks it."""
    lines = [message(f"order-{number}").to_line() for number in (1, 2, 3)]
    request = seal_request(
        lines,
        Signer("510100", "k1", keys()["510100"]),
        authority=AUTHORITY,
        charter_version=1,
        now=START,
        nonce=bytes(range(16)),
    )
    assert request.parts is not None
    answers = [
        Message(
            id=f"answer-{number}",
            kind=Kind.ANSWER,
            operation="credit.record",
            sender=Party("510600", "510600"),
            recipient="510100",
            time="2026-11-25T01:00:00.100Z",
            salt=base64url(bytes(range(16, 32))),
            data={"subject": "91350100M000100Y43", "records": []},
            agreement="credit",
            in_reply_to=f"order-{number}",
        ).to_line()
        for number in (1, 2, 3)
    ]
    response = seal_response(
        answers,
        Signer("510600", "k1", keys()["510600"]),
        request.parts,
        charter_version=1,
        now=START,
        nonce=bytes(range(16, 32)),
    )
    return {
        "authority": AUTHORITY,
        "at": "2026-11-25T01:00:00.000Z",
        "request": _sealed(request),
        "response": _sealed(response),
        "bad_requests": _bad_requests(request),
    }


def _sealed(sealed: Sealed) -> dict[str, Any]:
    return {
        "headers": sealed.headers,
        "body": sealed.body.decode(),
        "leaves": [leaf.hex() for leaf in sealed.leaves],
        "root": root(sealed.leaves).hex(),
        "signature_base": sealed.base.decode(),
        "signature": b64encode(sealed.signature).decode(),
    }


def _bad_requests(request: Sealed) -> list[dict[str, Any]]:
    body = request.body.decode()
    tampered = body.replace("tendering", "marketing", 1)
    other_root = bytes_field(root(request.leaves[:2]))
    covered = request.headers["signature-input"]
    uncovered = covered.replace(' "hanse-root"', "")
    changes: list[tuple[str, dict[str, str], str]] = [
        ("digest_mismatch", {}, tampered),
        ("digest_mismatch", {"hanse-root": other_root}, body),
        ("digest_mismatch", {"content-digest": "sha-256=:AAAA:"}, body),
        ("signature_wrong", {"hanse-charter": "2"}, body),
        ("signature_wrong", {"signature-input": covered.replace("00010203", "00010204")}, body),
        ("key_unknown", {"signature-input": covered.replace("510100/k1", "510100/k9")}, body),
        ("key_unknown", {"signature-input": covered.replace("510100/k1", "510700/k1")}, body),
        ("signature_coverage_short", {"signature-input": uncovered}, body),
        ("signature_missing", {"signature": "other=:AAAA:"}, body),
        ("delivery_empty", {}, ""),
        ("delivery_empty", {}, body.rstrip("\n")),
    ]
    return [
        {"code": code, "headers": request.headers | headers, "body": changed}
        for code, headers, changed in changes
    ]


def problems() -> dict[str, Any]:
    """Every declared code of the package, whatever a test has imported or declared."""
    for found in pkgutil.walk_packages(hanse.__path__, "hanse."):
        if ".migrations." not in found.name:
            importlib.import_module(found.name)
    return {
        code: {
            "status": kind.status,
            "retry": kind.retry,
            "title": kind.title.as_dict(),
            "hint": kind.hint.as_dict(),
        }
        for code, kind in sorted(KINDS.items())
        if not code.startswith("trial_")
    }


MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "documents": documents,
    "messages": messages,
    "delivery": delivery,
    "problems": problems,
}


def files() -> dict[Path, str]:
    """Every vector file as it should be."""
    return {
        FOLDER / f"{name}.json": json.dumps(make(), ensure_ascii=False, indent=1) + "\n"
        for name, make in MAKERS.items()
    }


def write() -> None:
    """Write the files anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in files().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write()
