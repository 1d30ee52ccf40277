"""What the pages refuse: scripts in data, forged forms, other origins, paths out of the folder,
uploads that are too large, and too many tries."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import Environment
from markupsafe import Markup

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import Facts, Link, Mark, Table, Words
from hanse.web.forms import FIELDS_MAX
from hanse.web.guard import HEADERS, POLICY, own_path, signed, signed_value
from hanse.web.page import FORM_BYTES_MAX
from hanse.web.rates import Rate
from hanse.web.registry import SECTIONS
from hanse.web.rendering import environment, words_of
from hanse.web.signin import password
from tests.web.browsing import Browser

Make = Callable[..., Browser]
SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7 * 7 }}",
    "</textarea><svg onload=alert(1)>",
)
ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/ok\r\nset-cookie: a=b",
    "evil",
    "",
    "\\\\evil.example",
    "/%0d%0a/x\u00e9",
)


def is_active(tag: str, name: str, value: str) -> bool:
    """Whether an attribute runs or looks like what only scripts and styles of ours may."""
    runs = name.startswith("on") or name == "style" or value.lower().startswith("javascript:")
    return runs or (tag in ("script", "link") and name in ("src", "href") and "://" in value)


def test_an_active_attribute_would_be_found() -> None:
    for one in (("a", "onclick", ""), ("p", "style", ""), ("a", "href", "JavaScript:x")):
        assert is_active(*one)
    assert is_active("script", "src", "https://evil.example/x.js")


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_typed_comes_back_as_text(browser: Make, script: str) -> None:
    person = browser()
    pages = [person.get(f"/services?q={quote(script)}")]
    page = person.get("/sign-in")
    pages.append(person.submit(page, "/sign-in", login=script, password="x", next=script))
    pages.append(person.get(f"/sign-in?next={quote(script)}"))
    pages.append(person.get(f"/{quote(script)}"))
    for seen in pages:
        assert "49" not in seen.title
        assert [one for one in seen.attributes if is_active(*one)] == []
        for tag in ("<script>alert", "<img src=x", "<svg onload"):
            assert tag not in seen.text


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_services_give_is_shown_as_text(script: str) -> None:
    """Values of every kind that a part or publication may hold."""
    templates: Environment = environment(SECTIONS)
    text = Text(f"中{script}", script)
    values: tuple[Any, ...] = (script, text, Mark(text), Link(script, "/x"), Link(text, "/x"))
    blocks = (
        Table(text, (text,), tuple((value,) for value in values), text),
        Facts(text, tuple((text, value) for value in values)),
        Words(text),
    )
    source = "{% from 'blocks.html' import block with context %}{{ block(one) }}"
    for block in blocks:
        for language in ("zh", "en"):
            shown = templates.from_string(source).render(
                one=block,
                **words_of(language),
            )
            for tag in ("<script>alert", "<img src=x", "<svg onload"):
                assert tag not in shown


def test_words_of_a_template_escape_their_values() -> None:
    shown = words_of("en")["t"]("中{a}", "{a}", a="<script>")
    assert shown == Markup("&lt;script&gt;")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_link_and_no_redirect_leads_elsewhere(browser: Make, path: str) -> None:
    assert own_path(path) == "/"
    person = browser()
    page = person.get(f"/sign-in?next={quote(path)}")
    assert page.form("/sign-in").fields["next"] == "/"
    fields = page.form("/sign-in/sample").fields | {"login": "sample-resident", "next": path}
    seen = person.post("/sign-in/sample", fields, follow=False)
    assert (seen.status, seen.headers["location"]) == (303, "/")
    if path:
        with pytest.raises(ValueError, match="this node"):
            Link("x", path if not path.startswith(("/\t", "/ok", "/%")) else "//x")


def test_every_page_carries_the_policy_and_no_inline_script_or_style(browser: Make) -> None:
    assert "unsafe" not in POLICY
    for section in SECTIONS:
        for page in section.pages:
            for login in ("", "sample-operator", "sample-hospital"):
                seen = browser(login).get(page.address(**page.example))
                for name, value in HEADERS.items():
                    assert seen.headers[name] == value
                if seen.headers["content-type"].startswith("text/html"):
                    assert "<style" not in seen.text
                    assert [one for one in seen.attributes if is_active(*one)] == []


def test_a_form_from_elsewhere_is_refused_and_changes_nothing(browser: Make) -> None:
    person, other = browser(), browser()
    own = person.get("/sign-in").form("/sign-in/sample").fields
    theirs = other.get("/sign-in").form("/sign-in/sample").fields
    fields = own | {"login": "sample-resident"}
    attempts: list[tuple[dict[str, str], dict[str, Any]]] = [
        (fields | {"form_token": ""}, {}),
        (fields | {"form_token": theirs["form_token"]}, {}),
        (fields | {"form_token": own["form_token"][:-1] + "é"}, {}),
        ({"login": "sample-resident"}, {}),
        (fields, {"Origin": "https://evil.example"}),
        (fields, {"Origin": "null"}),
        (fields, {"Sec_Fetch_Site": "cross-site"}),
        (fields, {"Sec_Fetch_Site": "same-site"}),
    ]
    for sent, headers in attempts:
        seen = person.post("/sign-in/sample", sent, follow=True, **headers)
        assert seen.status == 403
        assert "was not sent from a page of this site" in seen.text
        assert person.get("/account").path.startswith("/sign-in")
    assert person.post("/sign-in/sample", fields).status == 200


def test_a_token_of_before_the_sign_in_serves_no_more(browser: Make) -> None:
    person = browser()
    before = person.get("/sign-in").form("/sign-in").fields["form_token"]
    person.be("sample-resident")
    assert person.post("/sign-out", {"form_token": before}).status == 403
    assert person.get("/account").path == "/account"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(browser: Make, method: str) -> None:
    assert browser()._send(method, "/sign-in", None, {}, True).status in (403, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e/%2e%2e/pyproject.toml",
        "/assets//etc/passwd",
        "/assets/style.css",
        "/assets/",
        "/assets/style-0000000000000000.css",
        "/published/..%2f..%2fetc%2fpasswd",
        "/services/%00",
        "/services/" + "x" * 3_000,
        "/league/agreements/..%2f..%2fnode.toml",
    ],
)
def test_no_address_leads_to_a_file(browser: Make, path: str) -> None:
    seen = browser().get(path)
    assert seen.status in (400, 404)
    assert b"root:" not in seen.body
    assert b"genesis_digest" not in seen.body


def test_assets_are_served_for_ever_under_the_digest_of_their_content(browser: Make) -> None:
    person = browser()
    text = person.get("/").text
    path = text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    seen = person.get(path)
    assert seen.status == 200
    assert "immutable" in seen.headers["cache-control"]


def test_what_is_too_large_or_malformed_is_refused(browser: Make) -> None:
    person = browser()
    token = person.get("/sign-in").form("/sign-in").fields["form_token"]
    assert person.post("/sign-in", b"a=" + b"x" * FORM_BYTES_MAX).status == 413
    many = "&".join(f"f{number}=1" for number in range(FIELDS_MAX + 1)).encode()
    assert person.post("/sign-in", many).status == 400
    assert person.post("/sign-in", b"\xff\xfe=1").status == 400
    for kind in ("application/json", "text/plain", "multipart/form-data", ""):
        body = f'{{"form_token": "{token}"}}'.encode()
        assert person.post("/sign-in", body, Content_Type=kind).status == 400
    files = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\nx\r\n' % number
        for number in range(6)
    )
    seen = person.post(
        "/verify", files + b"--x--\r\n", Content_Type="multipart/form-data; boundary=x"
    )
    assert seen.status == 400


def test_an_upload_beyond_the_page_s_limit_is_refused(browser: Make) -> None:
    person = browser()
    body = b'--x\r\nContent-Disposition: form-data; name="evidence"; filename="a"\r\n\r\n'
    body += b"x" * 2_097_200 + b"\r\n--x--\r\n"
    seen = person.post("/verify", body, Content_Type="multipart/form-data; boundary=x")
    assert seen.status == 413
    assert "2097152" in seen.text


def test_tries_from_one_address_are_counted(browser: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    assert password.TRIES.count <= 30
    monkeypatch.setattr(password, "TRIES", Rate("tries of this test", 3, 60))
    person = browser()
    page = person.get("/sign-in")
    statuses = [
        person.submit(page, "/sign-in", login=f"nobody-{number}", password="x").status
        for number in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]


def test_a_value_that_a_page_hands_out_is_taken_back_from_nobody_else() -> None:
    given = signed(b"k", b"purpose", b"value")
    assert signed_value(b"k", b"purpose", given) == b"value"
    assert signed_value(b"k", b"other", given) is None
    assert signed_value(b"j", b"purpose", given) is None
    for wrong in ("", ".", "a.b.c", given[:-2], "é.é", given.replace(".", "")):
        assert signed_value(b"k", b"purpose", wrong) is None


def test_cookies_are_hidden_from_scripts_and_from_other_sites(browser: Make) -> None:
    person = browser()
    headers = [person.get("/sign-in").headers.get_all("set-cookie")]
    page = person.get("/sign-in")
    fields = page.form("/sign-in/sample").fields | {"login": "sample-resident"}
    headers.append(
        person.post("/sign-in/sample", fields, follow=False).headers.get_all("set-cookie")
    )
    for found in headers:
        assert found
        for one in found:
            assert "HttpOnly" in one
            assert "SameSite=Lax" in one
            assert "Domain" not in one
