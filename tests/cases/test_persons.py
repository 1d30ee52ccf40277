"""A case about a person: its subject is checked, and every access is journaled for that person."""

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from hanse.foundation.identifiers import make_citizen_id
from hanse.mechanisms.cases import SubjectKind
from hanse.mechanisms.journal.access import person_digest
from hanse.mechanisms.journal.tables import journal_entries
from tests.cases.play import acted, answered, opened, refused, settle_all
from tests.cases.play import application as applying
from tests.cases.trial import MOVE
from tests.exchange.cities import Town

PERSON = make_citizen_id("510104", date(1990, 3, 7), 12)
ABOUT_PERSONS = dataclasses.replace(MOVE, subject=SubjectKind.PERSON)


@pytest.fixture
def pair(pair_with: Callable[..., list[Town]]) -> list[Town]:
    return pair_with(ABOUT_PERSONS)


def accesses(town: Town) -> list[bytes]:
    digest = person_digest(town.exchange.person_key, PERSON)
    rows = town.rows(select(journal_entries.c.details).where(journal_entries.c.person == digest))
    return [bytes(row.details) for row in rows]


def test_every_access_is_journaled_for_the_person_in_each_city(pair: list[Town]) -> None:
    keeper, origin = pair
    case = opened(keeper, subject=PERSON)
    assert len(accesses(keeper)) == 1
    acted(keeper, case, "destination", "accept")
    settle_all(pair)
    assert len(accesses(keeper)) == 2
    for verb, question in (
        ("view", {"case": case}),
        ("timeline", {"case": case}),
        ("list", {}),
        ("progress", {"subject": PERSON}),
        ("list", {"subject": PERSON}),
    ):
        before = len(accesses(origin))
        answered(origin, verb, question)
        assert len(accesses(origin)) == before + 1, verb


def test_the_journal_never_holds_who_the_case_is_about(pair: list[Town]) -> None:
    opened(pair[0], subject=PERSON)
    settle_all(pair)
    for town in pair:
        for row in town.rows(select(journal_entries)):
            assert PERSON.encode() not in bytes(row.entry) + bytes(row.details)


@pytest.mark.parametrize("subject", ["licence", PERSON[:-1] + "0", PERSON.lower() + "1"])
def test_a_subject_that_is_no_citizen_number_is_refused(pair: list[Town], subject: str) -> None:
    assert refused(pair[0], "start", applying(subject=subject)).startswith("citizen_id")
