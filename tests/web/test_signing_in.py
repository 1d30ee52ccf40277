"""Signing in and out: passwords and codes, lockout, sessions, step-up, sample identities."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update

from hanse.foundation.clock import to_ms, wall_clock
from hanse.node.node import Node
from hanse.node.people import accounts, passwords, totp
from hanse.node.people.accounts import NewAccount
from hanse.node.people.sessions import IDLE_MINUTES_MAX, SESSION_HOURS_MAX
from hanse.node.people.signing_in import FAILURES_MAX
from hanse.node.people.tables import accounts as accounts_table
from hanse.node.people.tables import sessions as sessions_table
from hanse.node.people.who import Kind
from hanse.web.guard import web_key
from hanse.web.rates import Rate
from hanse.web.signin import password, proving
from tests.node.running import Running
from tests.web.browsing import Browser, Seen
from tests.web.conftest import HOME

Make = Callable[..., Browser]
PASSWORD = "seven quiet rivers"
KEPT = passwords.hashed(PASSWORD)
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _many_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate of tries from one address has its own test."""
    for module in (password, proving):
        monkeypatch.setattr(module, "TRIES", Rate("sign-in", 100_000, 60))


@pytest.fixture
def node(site: Running) -> Node:
    return site.zone.nodes[HOME]


@pytest.fixture
def login(site: Running, node: Node) -> Iterator[str]:
    """A fresh account of an officer who may do all of the credit service."""
    name = f"officer-{next(NUMBERS)}"
    new = NewAccount(
        login=name,
        kind=Kind.OFFICER,
        name="Li",
        organisation="credit-office",
        allows=("credit.*",),
        password=KEPT,
    )
    site.run(node.writer.run(lambda tx: accounts.add(tx, new, wall_clock())))
    yield name
    site.run(
        node.writer.run(lambda tx: accounts.close(tx, accounts.find(tx, name).id, wall_clock()))
    )


def sign_in(person: Browser, login: str, password: str = PASSWORD, code: str = "") -> Seen:
    page = person.get("/sign-in?next=/account")
    return person.submit(page, "/sign-in", login=login, password=password, code=code)


def change(site: Running, node: Node, login: str, **values: Any) -> None:
    site.run(
        node.writer.run(
            lambda tx: tx.execute(
                update(accounts_table).where(accounts_table.c.login == login).values(**values)
            )
        )
    )


def test_the_right_password_signs_in_and_goes_where_the_person_wanted(
    browser: Make, login: str
) -> None:
    seen = sign_in(browser(), login)
    assert seen.path == "/account"
    assert "credit.*" in seen.text


def test_a_wrong_password_and_an_unknown_login_are_told_alike(browser: Make, login: str) -> None:
    wrong = sign_in(browser(), login, "not the password")
    unknown = sign_in(browser(), "nobody", PASSWORD)
    assert wrong.status == unknown.status == 401
    assert "The login, password or code is not right" in wrong.text
    assert wrong.text.replace(login, "").count("alert") == unknown.text.count("alert")


def test_an_account_is_locked_after_failures_and_the_right_password_then_fails(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    for _ in range(FAILURES_MAX):
        assert sign_in(browser(), login, "not the password").status == 401
    assert sign_in(browser(), login).status == 429
    change(site, node, login, locked_until_ms=to_ms(wall_clock()) - 1)
    assert sign_in(browser(), login).path == "/account"


def test_a_success_forgets_earlier_failures(browser: Make, login: str) -> None:
    for _ in range(2):
        for _ in range(FAILURES_MAX - 1):
            sign_in(browser(), login, "not the password")
        assert sign_in(browser(), login).path == "/account"


def test_a_one_time_code_is_asked_for_and_serves_once(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    key, secret = b"k" * 20, web_key(node.exchange.person_key)
    account = site.run(node.read(lambda tx: accounts.find(tx, login).id))
    change(site, node, login, totp=totp.sealed(key, secret, account, node.randomness))
    assert sign_in(browser(), login).status == 401
    code = totp.code(key, totp.step_of(wall_clock()))
    assert sign_in(browser(), login, code=code).path == "/account"
    assert sign_in(browser(), login, code=code).status == 401


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code(b"12345678901234567890", seconds // 30) == code


def test_a_sealed_key_opens_for_its_account_alone() -> None:
    kept = totp.sealed(b"k" * 20, b"s" * 32, "a", lambda count: b"n" * count)
    assert totp.opened(kept, b"s" * 32, "a") == b"k" * 20
    assert totp.opened(kept, b"s" * 32, "b") is None
    assert totp.opened(kept, b"t" * 32, "a") is None


def test_a_session_ends_with_its_hours_with_idleness_and_at_the_browser(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    limits: tuple[dict[str, Any], ...] = (
        {"ends_at_ms": to_ms(wall_clock())},
        {"seen_at_ms": to_ms(wall_clock() - timedelta(minutes=IDLE_MINUTES_MAX))},
    )
    mine = select(accounts_table.c.id).where(accounts_table.c.login == login)
    for values in limits:
        person = browser()
        sign_in(person, login)
        site.run(
            node.writer.run(
                lambda tx, values=values: tx.execute(  # type: ignore[misc]
                    update(sessions_table)
                    .where(sessions_table.c.account == mine.scalar_subquery())
                    .values(**values)
                )
            )
        )
        assert person.get("/account").path.startswith("/sign-in")
    person = browser()
    sign_in(person, login)
    kept = next(one for one in person.cookies if one.name.startswith("hanse-session"))
    assert kept.expires is not None
    assert kept.expires - wall_clock().timestamp() <= SESSION_HOURS_MAX * 3600
    person.submit(person.get("/account"), "/sign-out")
    person.cookies.set_cookie(kept)
    assert person.get("/account").path.startswith("/sign-in")


def test_a_session_begins_anew_at_each_sign_in(browser: Make, login: str) -> None:
    """Session fixation: the cookie from before says nothing afterwards."""
    person = browser(login="sample-resident")
    before = {one.value for one in person.cookies if one.name.startswith("hanse-session")}
    sign_in(person, login)
    after = {one.value for one in person.cookies if one.name.startswith("hanse-session")}
    assert before
    assert before.isdisjoint(after)


def test_a_closed_account_is_out_at_once(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    person = browser()
    sign_in(person, login)
    change(site, node, login, closed=True)
    assert person.get("/account").path.startswith("/sign-in")
    assert sign_in(browser(), login).status == 401


def test_rights_that_are_taken_away_are_gone_at_the_next_request(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    person = browser()
    sign_in(person, login)
    change(site, node, login, allows=[])
    assert "credit.*" not in person.get("/account").text


def test_what_is_sensitive_asks_for_the_password_again(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    person = browser()
    sign_in(person, login)
    long_ago = to_ms(wall_clock() - timedelta(minutes=11))
    site.run(
        node.writer.run(lambda tx: tx.execute(update(sessions_table).values(proved_at_ms=long_ago)))
    )
    asked = person.get("/account")
    assert asked.path == "/sign-in/prove?next=%2Faccount"
    wrong = person.submit(asked, "/sign-in/prove", password="not the password", next="/account")
    assert wrong.status == 401
    seen = person.submit(asked, "/sign-in/prove", password=PASSWORD, next="/account")
    assert seen.path == "/account"


def test_a_new_password_is_checked_and_ends_every_session(browser: Make, login: str) -> None:
    person, other = browser(), browser()
    sign_in(person, login)
    sign_in(other, login)
    page = person.get("/account")
    for new, again in (("short", "short"), ("a" * 20, "a" * 20), ("one fine sentence", "another")):
        assert person.submit(page, "/account", new=new, again=again).status == 422
    person.submit(page, "/account", new="one fine sentence", again="one fine sentence")
    assert other.get("/account").path.startswith("/sign-in")
    assert sign_in(browser(), login).status == 401
    assert sign_in(browser(), login, "one fine sentence").path == "/account"


def test_no_account_but_a_sample_is_opened_without_a_password(browser: Make, login: str) -> None:
    person = browser()
    page = person.get("/sign-in")
    assert login not in page.text
    assert person.submit(page, "/sign-in/sample", login=login).status == 404
    assert person.get("/account").path.startswith("/sign-in")


def test_no_password_and_no_secret_is_in_the_store_as_it_was_typed(
    site: Running, node: Node, browser: Make, login: str
) -> None:
    person = browser()
    sign_in(person, login)
    secret = next(one.value for one in person.cookies if one.name.startswith("hanse-session"))
    rows = site.run(
        node.read(
            lambda tx: [
                tuple(row)
                for table in (accounts_table, sessions_table)
                for row in tx.rows(select(table).limit(1000))
            ]
        )
    )
    assert secret
    assert PASSWORD not in repr(rows)
    assert secret not in repr(rows)
