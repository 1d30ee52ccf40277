"""Proposing the next version of the charter: each function gives a new, unsigned one.

    proposal = with_member_joined(current, member, issued_at=now)
    signed = add_signature(Signed(proposal), sign(proposal, "510100", "k1", private_key))

What a change needs beside itself (a threshold that is still a majority, fewer witnesses than
there are other members) is changed along, and `charter_differences` shows it to whoever signs.
"""

from datetime import datetime
from typing import Any, TypeVar

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import (
    CHARTER_KEY_UNKNOWN,
    Charter,
    Member,
    MemberKey,
)
from hanse.mechanisms.league.documents import Part, read_part

CHARTER_MEMBER_TWICE = ProblemKind(
    "charter_member_twice",
    409,
    Text("该城市已是联盟成员", "The city is a member already"),
    Text("如需变更地址或密钥，请提出相应修订", "Propose a change of its address or keys instead"),
    detail=Text("{city} 已是联盟成员", "{city} is a member already"),
)


def next_version(charter: Charter, *, issued_at: datetime, **changes: Any) -> Charter:
    """The charter that follows, with these fields changed.

    It is valid from when it is issued, and as long as the one before, unless `changes` say
    otherwise. Raises what a charter that contradicts itself is refused with, or `document_invalid`.
    """
    values = {name: getattr(charter, name) for name in Charter.model_fields}
    values.update(
        version=charter.version + 1,
        previous=charter.digest,
        issued_at=issued_at,
        valid_from=issued_at,
    )
    return read_part(values | changes, Charter)


def with_validity(charter: Charter, *, issued_at: datetime, valid_until: datetime) -> Charter:
    """The same league for longer."""
    return next_version(charter, issued_at=issued_at, valid_until=valid_until)


def with_member_joined(
    charter: Charter, member: Member, *, issued_at: datetime, threshold: int | None = None
) -> Charter:
    """A city joins. Without a `threshold` the old one stays, or the smallest majority above it."""
    if member.city in charter.cities:
        raise CHARTER_MEMBER_TWICE(city=member.city)
    majority = (len(charter.members) + 1) // 2 + 1
    return next_version(
        charter,
        issued_at=issued_at,
        members=(*charter.members, member),
        threshold=max(charter.threshold, majority) if threshold is None else threshold,
    )


def with_member_left(
    charter: Charter, city: str, *, issued_at: datetime, threshold: int | None = None
) -> Charter:
    """A city leaves. Without a `threshold` the old one stays, or all that remain below it."""
    leaving = charter.member(city)
    members = tuple(one for one in charter.members if one is not leaving)
    return next_version(
        charter,
        issued_at=issued_at,
        members=members,
        threshold=min(charter.threshold, len(members)) if threshold is None else threshold,
        witness_quorum=max(0, min(charter.witness_quorum, len(members) - 1)),
    )


def with_address_changed(
    charter: Charter, city: str, address: str, *, issued_at: datetime
) -> Charter:
    """A city's node moves to another address."""
    return _with_member(charter, city, issued_at, address=address)


def with_key_added(charter: Charter, city: str, key: MemberKey, *, issued_at: datetime) -> Charter:
    """A city gains a key, which must sign the charter too."""
    return _with_member(charter, city, issued_at, keys=(*charter.member(city).keys, key))


def with_key_retired(
    charter: Charter,
    city: str,
    key_id: str,
    *,
    issued_at: datetime,
    valid_until: datetime | None = None,
) -> Charter:
    """A key ends at `valid_until`, by default at once. It stays listed: old evidence names it.

    A key that would end before it began is left out. Raises `charter_key_unknown`.
    """
    keys = _retired(charter.member(city), key_id, valid_until or issued_at)
    return _with_member(charter, city, issued_at, keys=keys)


def with_key_replaced(
    charter: Charter,
    city: str,
    key_id: str,
    key: MemberKey,
    *,
    issued_at: datetime,
    valid_until: datetime | None = None,
) -> Charter:
    """A new key in the place of an old one, in one version; the two may overlap until then."""
    keys = _retired(charter.member(city), key_id, valid_until or issued_at)
    return _with_member(charter, city, issued_at, keys=(*keys, key))


def _retired(member: Member, key_id: str, valid_until: datetime) -> tuple[MemberKey, ...]:
    retired = member.key(key_id)
    if retired is None:
        raise CHARTER_KEY_UNKNOWN(city=member.city, key=key_id[:32])
    if retired.valid_until is not None and retired.valid_until <= valid_until:
        return member.keys
    shorter = (
        [_changed(retired, valid_until=valid_until)] if retired.valid_from < valid_until else []
    )
    at = member.keys.index(retired)
    return (*member.keys[:at], *shorter, *member.keys[at + 1 :])


def _with_member(charter: Charter, city: str, issued_at: datetime, **changes: Any) -> Charter:
    before = charter.member(city)
    after = _changed(before, **changes)
    members = tuple(after if one is before else one for one in charter.members)
    return next_version(charter, issued_at=issued_at, members=members)


P = TypeVar("P", bound=Part)


def _changed(part: P, **changes: Any) -> P:
    values = {name: getattr(part, name) for name in type(part).model_fields}
    return read_part(values | changes, type(part))
