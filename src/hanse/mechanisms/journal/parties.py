"""Who may sign what: the log and the witness of each city, as the charter names their keys.

A log's origin and a witness's name are both `<league>.hanse/<city>`.
"""

from datetime import UTC, datetime
from typing import Final

from hanse.mechanisms.journal.cosignatures import COSIGNATURE_TYPES
from hanse.mechanisms.journal.verifier_keys import NoteKey, SignatureType
from hanse.mechanisms.league.charter import Charter, KeyUse, MemberKey

NOTE_SUITES: Final = tuple(COSIGNATURE_TYPES)


def origin_of(charter: Charter, city: str) -> str:
    """The origin of a city's journal."""
    return f"{charter.league}.hanse/{city}"


def city_of(charter: Charter, origin: str) -> str | None:
    """The member whose journal has this origin."""
    league, _, city = origin.partition(".hanse/")
    return city if league == charter.league and city in charter.cities else None


def log_keys(charter: Charter, city: str, at: datetime | None = None) -> tuple[NoteKey, ...]:
    """The keys with which a city signs its checkpoints; all that it ever had without `at`."""
    origin = origin_of(charter, city)
    return tuple(
        NoteKey(origin, _log_type(key.suite), key.public_key)
        for key in usable(charter, city, KeyUse.EXCHANGE, at)
    )


def witness_keys(charter: Charter, of_log: str, at: datetime | None = None) -> tuple[NoteKey, ...]:
    """The keys with which all other cities cosign the checkpoints of a city's journal."""
    return tuple(
        NoteKey(origin_of(charter, city), COSIGNATURE_TYPES[key.suite], key.public_key)
        for city in charter.cities
        if city != of_log
        for key in usable(charter, city, KeyUse.WITNESS, at)
    )


def usable(charter: Charter, city: str, use: KeyUse, at: datetime | None = None) -> list[MemberKey]:
    """A city's keys of that use whose suite can sign notes."""
    return [
        key
        for key in charter.member(city).keys
        if use in key.uses and key.suite in NOTE_SUITES and (at is None or key.is_valid(at))
    ]


def valid_cosignatures(charter: Charter, of_log: str, times: dict[str, int]) -> dict[str, int]:
    """Of witnesses and the times of their cosignatures, those that had a valid key then."""
    valid = {}
    for name, seconds in times.items():
        city = city_of(charter, name)
        at = datetime.fromtimestamp(seconds, UTC)
        if city not in (None, of_log) and usable(charter, city or "", KeyUse.WITNESS, at):
            valid[name] = seconds
    return valid


def _log_type(suite: str) -> SignatureType:
    return SignatureType.ED25519 if suite == "ed25519" else COSIGNATURE_TYPES[suite]
