"""The register of what a city has issued: places, statuses, and lists of both stores."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from hanse.foundation.credentials import Status, Wanted, present, register, verify
from hanse.foundation.credentials.register import Draft, Issued, issue_registered, signed_list
from hanse.foundation.credentials.tables import credentials
from hanse.foundation.errors import Problem
from hanse.foundation.identity import Randomness, seeded_randomness
from hanse.foundation.store import metadata, open_engine
from hanse.foundation.store.transaction import committing
from tests.credentials.trial import CITY, KIND, NOW, Trial

DRAFT = Draft(
    kind=KIND,
    expires_at=NOW + timedelta(days=365),
    claims={"name": "生成的居民"},
    open_claims={"city": CITY},
)


@pytest.fixture
def engine(fresh_store: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(fresh_store("register"))
    metadata.create_all(made)
    yield made
    made.dispose()


def issue(engine: Engine, randomness: Randomness) -> Issued:
    with committing(engine) as transaction:
        return issue_registered(transaction, "trial", DRAFT, Trial().issuer, NOW, randomness)


def check(engine: Engine, issued: Issued) -> str | None:
    """None where it verifies offline, else the code."""
    trial = Trial()
    with committing(engine) as transaction:
        token = signed_list(transaction, "trial", 0, trial.issuer, NOW)
    try:
        verify(
            present(issued.text, ["name"]),
            Wanted(KIND),
            at=NOW,
            key_of=trial.league.credential_key,
            status_tokens={register.list_uri(CITY, "trial", 0): token},
        )
    except Problem as problem:
        return problem.code
    return None


def test_suspended_resumed_and_revoked_for_good(engine: Engine) -> None:
    randomness = seeded_randomness("register")
    one, other = issue(engine, randomness), issue(engine, randomness)
    assert check(engine, one) is None
    for status, code in (
        (Status.SUSPENDED, "credential_suspended"),
        (Status.VALID, None),
        (Status.REVOKED, "credential_revoked"),
        (Status.REVOKED, "credential_revoked"),
    ):
        with committing(engine) as transaction:
            register.set_status(transaction, one.credential_id, status)
        assert check(engine, one) == code
        assert check(engine, other) is None
    with pytest.raises(Problem) as refused, committing(engine) as transaction:
        register.set_status(transaction, one.credential_id, Status.VALID)
    assert refused.value.code == "credential_status_final"
    assert check(engine, one) == "credential_revoked"


def test_an_unknown_credential_or_list_is_refused_and_nothing_is_changed(engine: Engine) -> None:
    one = issue(engine, seeded_randomness("register"))
    for work in (
        lambda tx: register.set_status(tx, "unknown", Status.REVOKED),
        lambda tx: signed_list(tx, "trial", 1, Trial().issuer, NOW),
        lambda tx: signed_list(tx, "trial", -1, Trial().issuer, NOW),
    ):
        with pytest.raises(Problem) as refused, committing(engine) as transaction:
            work(transaction)
        assert refused.value.code == "credential_unknown"
    assert check(engine, one) is None


def test_no_two_credentials_share_a_place_and_a_full_list_is_followed_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "LIST_SIZE", 16)
    randomness = seeded_randomness("full lists")
    for _ in range(60):
        issue(engine, randomness)
    with committing(engine) as transaction:
        places = transaction.rows(select(credentials.c.list_number, credentials.c.list_index))
        lists = transaction.value(select(func.max(credentials.c.list_number)))
    assert len({tuple(one) for one in places}) == 60
    assert lists >= 3
    assert all(0 <= one.list_index < 16 for one in places)


def test_what_a_credential_says_is_not_kept(engine: Engine) -> None:
    issue(engine, seeded_randomness("register"))
    with committing(engine) as transaction:
        (row,) = transaction.rows(select(credentials))
    assert "生成" not in str(tuple(row))
