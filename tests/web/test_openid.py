"""A real OpenID Connect provider signs an officer and a resident in; and what is not believed."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import select

from hanse.cli.pages import pages
from hanse.foundation.clock import wall_clock
from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import make_citizen_id
from hanse.node.people import openid
from hanse.node.people.openid import Endpoints, Flow
from hanse.node.people.openid_client import OpenIdClient
from hanse.node.people.providers import ProviderConfig
from hanse.node.people.tables import accounts
from hanse.node.people.who import Kind
from tests.node.running import Running, make_zone, run_zone
from tests.web.browsing import Browser, Seen
from tests.web.conftest import HOME, OTHER
from tests.web.npm_tools import environment

PERSON = make_citizen_id("510104", date(1958, 6, 1), 101)
SECTIONS = """
[sign_in.office]
title_zh = "市统一身份认证"
title_en = "The city's sign-in"
issuer = "{issuer}"
client_id = "hanse"
client_secret = "a secret between the two of them"
organisation = "credit-office"

[sign_in.residents]
title_zh = "居民身份认证"
title_en = "Residents' sign-in"
issuer = "{issuer}"
client_id = "hanse"
client_secret = "a secret between the two of them"
organisation = "resident-services"
kind = "resident"
"""


@pytest.fixture(scope="module")
def office(npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two cities, the first of which trusts a provider that runs beside it."""
    folder = make_zone(tmp_path_factory.mktemp("office"), HOME, OTHER)
    member = json.loads((folder / HOME / "member.json").read_text("utf-8"))
    back = f"{member['address']}/sign-in/elsewhere/office/back"
    with provider(npm, back) as issuer:
        config = folder / HOME / "node.toml"
        text = config.read_text("utf-8") + SECTIONS.format(issuer=issuer)
        config.write_text(text, "utf-8")
        with run_zone(folder, pages=pages) as site:
            yield site


@contextlib.contextmanager
def provider(npm: Path, back: str) -> Iterator[str]:
    """The provider in a process of its own; gives its issuer."""
    command = ["node", "provider.js", back, PERSON]
    with subprocess.Popen(
        command, cwd=npm, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        port = running.stdout.readline().decode().strip()
        try:
            assert port.isdigit(), running.stderr and running.stderr.read().decode()[-500:]
            yield f"http://localhost:{port}"
        finally:
            running.terminate()


def through(person: Browser, seen: Seen, login: str) -> Seen:
    """Fill the provider's own pages: the sign-in, then the consent."""
    for _ in range(4):
        if urlsplit(seen.url).hostname != "localhost":
            break
        form = seen.first_form()
        fields = form.fields | {"login": login, "password": "anything"}
        seen = person.post(urljoin(seen.url, form.action), fields)
    return seen


def signed_in(site: Running, name: str, login: str, query: str = "next=/account") -> Any:
    person = Browser(site.zone.addresses[HOME])
    seen = person.get(f"/sign-in/elsewhere/{name}?{query}")
    return person, through(person, seen, login)


def account(site: Running, subject: str) -> Any:
    found = select(accounts).where(accounts.c.subject == subject)
    return site.run(site.zone.nodes[HOME].read(lambda tx: tx.row(found)))


def test_an_officer_signs_in_with_the_rights_that_exist_here(office: Running) -> None:
    page = Browser(office.zone.addresses[HOME]).get("/sign-in")
    assert "/sign-in/elsewhere/office?next=%2F" in page.links or any(
        "/sign-in/elsewhere/office" in one for one in page.links
    )
    _, seen = signed_in(office, "office", "zhang")
    assert seen.path == "/account"
    assert "credit-office" in seen.text
    held = account(office, "zhang")
    assert (held.kind, held.allows, held.password) == ("officer", ["credit.*"], None)


def test_the_same_person_has_one_account_and_fresh_rights(office: Running) -> None:
    signed_in(office, "office", "zhang")
    first = account(office, "zhang").id
    signed_in(office, "office", "zhang")
    assert account(office, "zhang").id == first


def test_a_resident_signs_in_with_the_number_that_the_provider_vouches_for(
    office: Running,
) -> None:
    _, seen = signed_in(office, "residents", "resident")
    assert seen.path == "/account"
    assert account(office, "resident").person == PERSON


def test_a_resident_without_a_number_is_refused(office: Running) -> None:
    _, seen = signed_in(office, "residents", "somebody")
    assert seen.status == 403
    assert account(office, "somebody") is None


def test_step_up_has_the_person_sign_in_anew(office: Running) -> None:
    person, _ = signed_in(office, "office", "zhang")
    seen = person.get("/sign-in/elsewhere/office?anew=1&next=/account")
    assert "localhost" in seen.url
    assert "login" in seen.first_form().fields
    assert through(person, seen, "zhang").path == "/account"


def test_a_way_back_that_this_browser_did_not_begin_signs_nobody_in(office: Running) -> None:
    """Login CSRF: a code and state of one browser are worth nothing in another."""
    person = Browser(office.zone.addresses[HOME])
    begun = person.get("/sign-in/elsewhere/office", follow=False)
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    other = Browser(office.zone.addresses[HOME])
    for browser, query in (
        (other, f"code=x&state={state}"),
        (person, "code=x&state=other"),
        (person, "code=x"),
        (person, f"code=x&state={state}&iss=https://evil.example"),
        (person, f"error=access_denied&state={state}"),
        (person, f"code=invented&state={state}&iss=http://localhost:1"),
    ):
        seen = browser.get(f"/sign-in/elsewhere/office/back?{query}")
        assert 400 <= seen.status < 504
        assert browser.get("/account").path.startswith("/sign-in")


def test_an_unknown_provider_is_said_to_be_unknown(office: Running) -> None:
    person = Browser(office.zone.addresses[HOME])
    for path in ("/sign-in/elsewhere/none", "/sign-in/elsewhere/none/back"):
        assert person.get(path).status == 404


# What an ID token must say, with keys of the test's own.

KEY = RSAKey.generate_key(2048, {"kid": "k", "alg": "RS256", "use": "sig"})
KEYS = KeySet([KEY])
CONFIG = ProviderConfig(
    title_zh="甲",
    title_en="A",
    issuer="https://id.example",
    client_id="hanse",
    organisation="office",
)
NOW = wall_clock()
FLOW = Flow("office", "s", "n", "v", "/", int(NOW.timestamp()))
CLAIMS = {
    "iss": "https://id.example",
    "sub": "zhang",
    "aud": "hanse",
    "exp": int(NOW.timestamp()) + 300,
    "iat": int(NOW.timestamp()),
    "nonce": "n",
}


def token(claims: dict[str, Any], key: Any = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k", **header}, claims, key)


def test_a_token_that_says_what_it_must_is_believed() -> None:
    assert openid.claims_of(token(CLAIMS), KEYS, CONFIG, FLOW, NOW)["sub"] == "zhang"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["hanse", "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(NOW.timestamp()) - 3_600},
        {"exp": None},
        {"iat": None},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 300},
    ],
)
def test_a_token_that_does_not_is_not(changed: dict[str, Any]) -> None:
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    with pytest.raises(Problem) as refused:
        openid.claims_of(token(claims), KEYS, CONFIG, FLOW, NOW)
    assert refused.value.code == "sign_in_token_not_trusted"


def test_a_token_of_another_key_or_algorithm_is_not_believed() -> None:
    other = RSAKey.generate_key(2048, {"kid": "k"})
    shared = OctKey.import_key(b"s" * 32)
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6aGFuZyJ9."
    for wrong in (
        token(CLAIMS, other),
        jwt.encode({"alg": "HS256", "kid": "k"}, CLAIMS, shared),
        unsigned,
        token(CLAIMS)[:-4] + "AAAA",
        "",
        "x",
        None,
    ):
        with pytest.raises(Problem) as refused:
            openid.claims_of(wrong, KEYS, CONFIG, FLOW, NOW)
        assert refused.value.code == "sign_in_token_not_trusted"


def test_step_up_believes_no_earlier_sign_in() -> None:
    anew = Flow("office", "s", "n", "v", "/", int(NOW.timestamp()), anew=True)
    for signed_in_at in (None, int(NOW.timestamp()) - 600, "now"):
        claims = CLAIMS | ({} if signed_in_at is None else {"auth_time": signed_in_at})
        with pytest.raises(Problem):
            openid.claims_of(token(claims), KEYS, CONFIG, anew, NOW)
    fresh = CLAIMS | {"auth_time": int(NOW.timestamp())}
    assert openid.claims_of(token(fresh), KEYS, CONFIG, anew, NOW)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"issuer": "https://evil.example"},
        {"issuer": "https://id.example", "authorization_endpoint": "http://id.example/a",
         "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k"},
        {"issuer": "https://id.example", "authorization_endpoint": 7,
         "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k"},
    ],
)  # fmt: skip
def test_a_discovery_document_of_another_issuer_is_not_believed(values: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        Endpoints.read(values, "https://id.example")


def test_a_provider_is_reached_by_https_or_on_this_machine() -> None:
    with pytest.raises(ValueError, match="https"):
        OpenIdClient(CONFIG.model_copy(update={"issuer": "http://id.example"}))
    assert OpenIdClient(CONFIG).config.kind is Kind.OFFICER
