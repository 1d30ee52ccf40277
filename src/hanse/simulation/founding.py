"""The simulated league's documents: its charter, its agreements, and how they change."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hanse.foundation.keys import PrivateKey
from hanse.mechanisms.league.agreements import Agreement, Statement
from hanse.mechanisms.league.charter import Charter
from hanse.mechanisms.league.documents import Signed, sign
from hanse.simulation.terms import Term

NAMES = {
    "510100": ("成都市", "Chengdu"),
    "510600": ("德阳市", "Deyang"),
    "510700": ("绵阳市", "Mianyang"),
    "511300": ("南充市", "Nanchong"),
    "510900": ("遂宁市", "Suining"),
}
HOUSE = "510100"
"""The first city: every league of the simulation has it."""
CALENDAR = {
    "name": "simulated",
    "version": "1",
    "source": "simulated",
    "first_day": "2016-01-01",
    "horizon": "2036-12-31",
    "rest_days": ["2027-01-01"],
    "working_weekends": [],
}
"""Every weekday is a working day but one: what a run needs, and short."""
Keys = dict[str, dict[str, PrivateKey]]


def first_charter(keys: Keys, at: datetime) -> Charter:
    """Version 1: each city has a key for votes and one for deliveries."""
    members = [
        {
            "city": city,
            "name": dict(zip(("zh", "en"), NAMES[city], strict=True)),
            "address": f"https://{city}.simulated",
            "keys": [
                key_entry("v1", held["v1"], ["charter", "witness"], at),
                key_entry("x1", held["x1"], ["exchange"], at),
            ],
        }
        for city, held in keys.items()
    ]
    return Charter.model_validate(
        {
            "league": "simulated",
            "version": 1,
            "title": {"zh": "仿真联盟", "en": "A simulated league"},
            "issued_at": at,
            "valid_from": at,
            "valid_until": at + timedelta(days=3650),
            "threshold": len(keys) // 2 + 1,
            "witness_quorum": len(keys) - 1,
            "members": members,
            "calendar": CALENDAR,
            "settlement": {"clearing_house": HOUSE},
        }
    )


def key_entry(key_id: str, key: PrivateKey, uses: Sequence[str], at: datetime) -> dict[str, Any]:
    """A key as the charter lists it."""
    return {"id": key_id, **key.public.as_dict(), "uses": list(uses), "valid_from": at}


def rotated(charter: Signed[Charter], city: str, old: str, new: dict[str, Any]) -> Charter:
    """The next version, in which one city's key for deliveries gives way to another."""
    values = charter.document.model_dump(mode="json")
    values |= {
        "version": values["version"] + 1,
        "previous": charter.digest,
        "issued_at": new["valid_from"],
        "valid_from": new["valid_from"],
    }
    for member in values["members"]:
        if member["city"] == city:
            for key in member["keys"]:
                if key["id"] == old:
                    key["valid_until"] = new["valid_from"]
            member["keys"].append(new)
    return Charter.model_validate(values)


def signed_by(document: Any, keys: Keys, *new: tuple[str, str]) -> Signed[Any]:
    """Signed with every city's vote, and by each new key."""
    signatures = [sign(document, city, "v1", held["v1"]) for city, held in keys.items()]
    signatures += [sign(document, city, key_id, keys[city][key_id]) for city, key_id in new]
    return Signed(document, tuple(signatures))


def agreements(cities: Sequence[str], terms: Mapping[str, Term], at: datetime) -> list[Agreement]:
    """Each agreement that the parts' terms name, with a grant for each of its operations."""
    named: dict[str, list[str]] = {}
    for operation, term in terms.items():
        named.setdefault(term.agreement, []).append(operation)
    return [
        Agreement.model_validate(
            {
                "id": name,
                "version": 1,
                "league": "simulated",
                "title": {"zh": "仿真协议", "en": "A simulated agreement"},
                "parties": list(cities),
                "valid_from": at,
                "valid_until": at + _life(terms[operations[0]]),
                "grants": [
                    _grant(f"g{number}", operation, terms[operation], cities)
                    for number, operation in enumerate(operations, 1)
                ],
            }
        )
        for name, operations in named.items()
    ]


def _life(term: Term) -> timedelta:
    return timedelta(days=365) if term.minutes is None else timedelta(minutes=term.minutes)


def _grant(name: str, operation: str, term: Term, cities: Sequence[str]) -> dict[str, Any]:
    who = term.organisation
    found: dict[str, Any] = {
        "id": name,
        "operations": [operation],
        "purposes": [term.purpose],
        "organisations": ["*"] if who is None else [f"{city}/{who}" for city in cities],
        "fields": list(term.fields),
        "legal_basis": {"zh": "试验", "en": "trial"},
    }
    if term.rate_per_minute is not None:
        found["rate_per_minute"] = term.rate_per_minute
    return found


def statement(
    agreement: str, city: str, sequence: int, previous: str | None, kind: str, at: datetime
) -> Statement:
    """One party's word on an agreement."""
    return Statement.model_validate(
        {
            "league": "simulated",
            "agreement": agreement,
            "city": city,
            "sequence": sequence,
            "previous": previous,
            "kind": kind,
            "issued_at": at,
            "effective_at": at,
            "reason": {"zh": "试验", "en": "trial"},
        }
    )
