"""Leagues to test with: real keys that follow from their names, so that every run is the same."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from hanse.foundation.errors import Problem
from hanse.foundation.identity import seeded_randomness
from hanse.foundation.keys import PrivateKey, generate
from hanse.foundation.languages import Text
from hanse.mechanisms.league.agreement_records import AgreementRecord
from hanse.mechanisms.league.agreements import (
    Agreement,
    SignedStatement,
    Statement,
    StatementKind,
)
from hanse.mechanisms.league.charter import Charter, KeyUse, Member, MemberKey
from hanse.mechanisms.league.documents import Document, Signature, Signed, sign

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = {
    "510100": Text("成都市", "Chengdu"),
    "510600": Text("德阳市", "Deyang"),
    "510700": Text("绵阳市", "Mianyang"),
    "510900": Text("遂宁市", "Suining"),
    "511100": Text("乐山市", "Leshan"),
    "511400": Text("眉山市", "Meishan"),
    "511800": Text("雅安市", "Ya'an"),
    "512000": Text("资阳市", "Ziyang"),
}
CITIES = tuple(NAMES)
CHENGDU, DEYANG, MIANYANG, SUINING, LESHAN, MEISHAN, YAAN, ZIYANG = CITIES
UNHURRIED = settings(deadline=None)
"""Signing takes as long as a busy machine lets it."""

D = TypeVar("D", bound=Document)


def on_day(number: float) -> datetime:
    """An instant that many days after the league's start."""
    return START + number * DAY


@cache
def private_key(city: str, key_id: str = "k1", suite: str = "ed25519") -> PrivateKey:
    """The key of that name."""
    return generate(suite, seeded_randomness(f"{suite} {city}/{key_id}"))


def member_key(
    city: str, key_id: str = "k1", *, suite: str = "ed25519", **changes: Any
) -> MemberKey:
    """The key as a charter lists it, for every use and without end."""
    values = {
        "id": key_id,
        **private_key(city, key_id, suite).public.as_dict(),
        "uses": tuple(KeyUse),
        "valid_from": START,
    }
    return MemberKey.model_validate(values | changes)


def member(city: str, *keys: MemberKey, **changes: Any) -> Member:
    """A city with its key k1, or with these keys."""
    values = {
        "city": city,
        "name": NAMES[city],
        "address": f"https://{city}.example",
        "keys": keys or (member_key(city),),
    }
    return Member.model_validate(values | changes)


def founding(cities: Iterable[str] = CITIES, **changes: Any) -> Charter:
    """A league's first charter; the threshold is the smallest majority."""
    members = tuple(member(city) for city in cities)
    values = {
        "league": "trial",
        "version": 1,
        "title": Text("试验联盟章程", "Charter of a league for trials"),
        "issued_at": START,
        "valid_from": START,
        "valid_until": on_day(1000),
        "threshold": len(members) // 2 + 1,
        "witness_quorum": len(members) // 2,
        "members": members,
    }
    return Charter.model_validate(values | changes)


def signature(document: Document, city: str, key_id: str = "k1") -> Signature:
    """That city's signature by its key of that name."""
    return sign(document, city, key_id, private_key(city, key_id))


def signed_by(document: D, *signers: str) -> Signed[D]:
    """The document signed by cities, `510100` or `510100/k2`."""
    made = (signature(document, *signer.split("/")) for signer in signers)
    return Signed(document, tuple(made))


def founded(charter: Charter) -> Signed[Charter]:
    """A first charter with the signatures of all its members."""
    return signed_by(charter, *charter.cities)


def agreement(parties: Iterable[str] = (CHENGDU, DEYANG), **changes: Any) -> Agreement:
    """An agreement for a hundred days, with one grant that allows everything of `library`."""
    values = {
        "id": "AGR-1",
        "version": 1,
        "league": "trial",
        "title": Text("图书馆通借通还协议", "Agreement on lending between libraries"),
        "parties": tuple(parties),
        "valid_from": START,
        "valid_until": on_day(100),
        "grants": (grant(),),
    }
    return Agreement.model_validate(values | changes)


def grant(**changes: Any) -> dict[str, Any]:
    """A grant as an agreement takes it."""
    values = {
        "id": "G-1",
        "operations": ("library.*",),
        "organisations": ("*",),
        "purposes": ("lending",),
        "fields": ("*",),
        "legal_basis": Text("《公共图书馆法》第四十八条", "Public Libraries Law, article 48"),
    }
    return values | changes


def agreed(document: Agreement, *statements: SignedStatement) -> AgreementRecord:
    """The record of an agreement that all its parties have signed."""
    return AgreementRecord((signed_by(document, *document.parties),), statements)


def stated(
    city: str,
    *kinds: tuple[StatementKind, float],
    document: Agreement | None = None,
    **changes: Any,
) -> list[SignedStatement]:
    """A city's chain of signed statements, each of its kind and effective on its day."""
    about = document or agreement()
    chain: list[SignedStatement] = []
    for kind, day in kinds:
        values = {
            "league": about.league,
            "agreement": about.id,
            "city": city,
            "sequence": len(chain) + 1,
            "previous": chain[-1].digest if chain else None,
            "kind": kind,
            "issued_at": START,
            "effective_at": on_day(day),
            "reason": Text("系统升级", "the system is renewed"),
        }
        statement = Statement.model_validate(values | changes)
        chain.append(signed_by(statement, city))
    return chain


@contextmanager
def refused(code: str, **values: object) -> Iterator[pytest.ExceptionInfo[Problem]]:
    """Expect a refusal of that code, told in both languages, with at least these values."""
    with pytest.raises(Problem) as caught:
        yield caught
    problem = caught.value
    assert problem.code == code, problem
    texts = [problem.kind.title, problem.detail, problem.hint]
    assert all(text.zh and text.en and "{" not in text.zh + text.en for text in texts)
    for name, value in values.items():
        assert problem.values[name] == value


def refusal_of(call: Callable[[], object]) -> str | None:
    """The code with which a call is refused, or None where it succeeds."""
    try:
        call()
    except Problem as problem:
        return problem.code
    return None
