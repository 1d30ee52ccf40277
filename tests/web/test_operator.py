"""The operator's pages: queues and re-send, agreements with four eyes, backups, accounts."""

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hanse.foundation.clock import wall_clock
from hanse.foundation.errors import Problem
from hanse.mechanisms.exchange.tables import messages_out
from hanse.node import backups
from hanse.node.config import load
from hanse.node.node import Node
from hanse.node.people.tables import accounts
from hanse.web.registry import SECTIONS
from tests.node.running import Running, until
from tests.web.browsing import Browser
from tests.web.conftest import HOME, OTHER

Make = Callable[..., Browser]
PATHS = [page.path for section in SECTIONS for page in section.pages if section.name == "operator"]


@pytest.fixture
def node(site: Running) -> Node:
    return site.zone.nodes[HOME]


@pytest.mark.parametrize("path", PATHS)
def test_an_operator_s_page_is_whole_in_both_languages(browser: Make, path: str) -> None:
    for language in ("zh", "en"):
        seen = browser("sample-operator", language).get(path)
        assert (seen.status, bool(seen.title)) == (200, True)


def test_a_dead_letter_is_seen_and_sent_again(site: Running, node: Node, browser: Make) -> None:
    answer = site.post(HOME, "/api/league/league.ping", {}, to=OTHER, wait_seconds=20)
    message = answer.data["answers"][0]["message_id"]
    mine = messages_out.c.message_id == message
    site.run(
        node.writer.run(
            lambda tx: tx.execute(update(messages_out).where(mine).values(state="dead"))
        )
    )
    person = browser("sample-operator")
    page = person.get("/operator/outbox?state=dead")
    assert message in page.text
    seen = person.post(
        "/operator/outbox?state=dead",
        {
            "form_token": page.form("/operator/outbox").fields["form_token"],
            "message-1": message,
        },
    )
    assert "1 wait to be sent again" in seen.text
    state = select(messages_out.c.state).where(mine)
    assert until(lambda: site.run(node.read(lambda tx: tx.value(state))) == "done")


@pytest.mark.parametrize("message", ["", "none", "' OR 1=1 --"])
def test_what_is_not_dead_is_not_sent_again(browser: Make, message: str) -> None:
    person = browser("sample-operator")
    token = person.get("/operator/outbox").form("/sign-out").fields["form_token"]
    fields = {"form_token": token} | ({"message-1": message} if message else {})
    assert person.post("/operator/outbox", fields).status in (400, 404)


@pytest.mark.parametrize("query", ["state=none", "before=x", "before=-1", "before=" + "9" * 40])
def test_a_query_that_makes_no_sense_shows_the_plain_page(browser: Make, query: str) -> None:
    assert browser("sample-operator").get(f"/operator/outbox?{query}").status == 200


def test_an_agreement_is_suspended_with_four_eyes_and_resumed(
    site: Running, node: Node, browser: Make
) -> None:
    for kind, status in (("suspend", "suspended"), ("resume", "in_force")):
        person = browser("sample-operator")
        page = person.get("/operator/agreements")
        token = page.form("/operator/agreements").fields["form_token"]
        proposed = person.post(
            "/operator/agreements",
            {
                "form_token": token,
                "agreement": "results",
                "kind": kind,
                "reason_zh": "试验",
                "reason_en": "A trial",
            },
        )
        assert node.league.status("results", wall_clock()) != status
        other = browser("sample-second-operations")
        done = other.submit(other.get(proposed.path), proposed.path, do="confirm")
        assert "Stated and sent to the parties" in done.text
        for one in site.zone.nodes.values():
            assert until(partial(_stands, one, status))


def _stands(node: Node, status: str) -> bool:
    return node.league.status("results", wall_clock()) == status


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 3_000])
def test_what_is_no_agreement_is_not_proposed(browser: Make, body: bytes) -> None:
    person = browser("sample-operator")
    page = person.get("/operator/agreements")
    token = page.form("/operator/agreements").fields["form_token"]
    sent = (
        b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n'
        + token.encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="document"; filename="a.json"\r\n\r\n'
        + body
        + b"\r\n--x--\r\n"
    )
    seen = person.post("/operator/agreements", sent, Content_Type="multipart/form-data; boundary=x")
    assert 400 <= seen.status < 500
    assert 'role="alert"' in seen.text


def test_rights_are_set_by_another_operator_and_must_be_known(
    site: Running, node: Node, browser: Make
) -> None:
    person = browser("sample-operator")
    page = person.get("/operator/people")
    token = page.form("/operator/people").fields["form_token"]

    def send(**fields: str) -> int:
        return person.post("/operator/people", {"form_token": token, **fields}).status

    def held(login: str) -> list[str]:
        mine = select(accounts.c.allows).where(accounts.c.login == login)
        return list(site.run(node.read(lambda tx: tx.value(mine))))

    assert send(do="allow", login="sample-tendering", allows="credit.record traffic.*") == 200
    assert held("sample-tendering") == ["credit.record", "traffic.*"]
    assert send(do="allow", login="sample-tendering", allows="credit.recrod") == 422
    assert send(do="allow", login="sample-operator", allows="*") == 403
    assert send(do="close", login="sample-operator") == 403
    assert send(do="close", login="nobody") == 404
    assert held("sample-tendering") == ["credit.record", "traffic.*"]


def test_a_backup_is_made_checked_and_restored(
    site: Running, node: Node, browser: Make, tmp_path: Path
) -> None:
    person = browser("sample-operator")
    page = person.get("/operator/backup")
    seen = person.submit(page, "/operator/backup")
    (made, *_) = backups.made(node.config.backups_folder)
    assert made.name in seen.text
    place = node.config.backups_folder / made.name
    assert backups.check(place).city == HOME
    config = backups.restore(place, tmp_path / "again")
    assert config.city == HOME
    assert load(tmp_path / "again" / "node.toml").keys_folder.is_dir()
    with sqlite3.connect(tmp_path / "again" / "hanse.sqlite") as store:
        (count,) = store.execute("SELECT count(*) FROM journal_entries").fetchone()
    store.close()
    assert count > 0


def test_a_backup_that_is_not_whole_is_refused(node: Node, tmp_path: Path) -> None:
    made = backups.make(node.config, tmp_path, wall_clock())
    place = tmp_path / made.name
    with pytest.raises(Problem) as refused:
        backups.restore(place, tmp_path)
    assert refused.value.code == "restore_not_empty"
    store = (place / "hanse.sqlite").read_bytes()

    def spoilt(code: str, spoil: Callable[[], object], mend: Callable[[], object]) -> None:
        spoil()
        with pytest.raises(Problem) as found:
            backups.check(place)
        assert found.value.code == code
        mend()

    changed = bytes([store[0] ^ 1]) + store[1:]
    file, extra, listed = place / "hanse.sqlite", place / "extra", place / "backup.json"
    spoilt("backup_damaged", lambda: file.write_bytes(changed), lambda: file.write_bytes(store))
    spoilt("backup_damaged", lambda: extra.write_text("x"), extra.unlink)
    spoilt("backup_damaged", file.unlink, lambda: file.write_bytes(store))
    whole = listed.read_text("utf-8")
    for wrong in ("", "[]", json.dumps({"city": HOME})):
        spoilt(
            "backup_damaged",
            lambda wrong=wrong: listed.write_text(wrong),  # type: ignore[misc]
            lambda: listed.write_text(whole),
        )
    assert backups.check(place)
