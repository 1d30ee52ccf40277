"""Notices: one for each seat and step, delivered together by file, mail or web hook."""

import asyncio
import json
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError
from sqlalchemy import select

from hanse.foundation.store import Transaction
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.cases.notices import ATTEMPTS_MAX
from hanse.mechanisms.cases.tables import notices
from hanse.node.notices import NoticesConfig, Postman
from tests.cases.play import acted, opened, settle_all
from tests.exchange.cities import Town


def postman(town: Town, folder: Path, **config: Any) -> Postman:
    async def do(work: Callable[[Transaction], Any]) -> Any:
        with committing(town.engine) as transaction:
            return work(transaction)

    return Postman(NoticesConfig(**config), folder, do, do, lambda: town.clock.now)


def states(town: Town) -> list[str]:
    rows = town.rows(select(notices.c.state).order_by(notices.c.notice_id))
    return [row.state for row in rows]


class Mailbox:
    """A small SMTP server: enough of RFC 5321 to take a mail, or to refuse its recipient."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuses = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 trial")
        while line := (await reader.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "DATA":
                await say("354 go on")
                mail = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(mail)
                await say("250 taken")
            elif verb == "RCPT" and self.refuses:
                await say("550 no such box")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 trial")
        writer.close()


def test_a_step_is_told_to_the_seats_of_this_city_once(pair: list[Town], tmp_path: Path) -> None:
    keeper, origin = pair
    case = opened(keeper)
    settle_all(pair)
    (row,) = keeper.rows(select(notices))
    assert (row.role, row.organisation, row.state) == ("destination", "bureau", "waiting")
    assert "accept" in row.words
    (row,) = origin.rows(select(notices))
    assert row.role == "origin"
    assert asyncio.run(postman(origin, tmp_path).deliver_all()) == 1
    assert asyncio.run(postman(origin, tmp_path).deliver_all()) == 0
    (line,) = (tmp_path / "notices.jsonl").read_text("utf-8").splitlines()
    value = json.loads(line)
    assert value["organisation"] == "bureau"
    assert value["notices"][0]["case"] == case
    assert states(origin) == ["sent"]


def test_all_that_waits_for_one_organisation_is_one_digest(
    pair: list[Town], tmp_path: Path
) -> None:
    for number in range(5):
        case = opened(pair[0], subject=f"licence-{number}")
        acted(pair[0], case, "destination", "accept")
    assert asyncio.run(postman(pair[0], tmp_path).deliver_all()) == 10
    lines = (tmp_path / "notices.jsonl").read_text("utf-8").splitlines()
    told = {one["organisation"]: len(one["notices"]) for one in map(json.loads, lines)}
    assert told == {"bureau": 5, "city": 5}


def test_a_notice_holds_nothing_of_the_subject_or_the_form(pair: list[Town]) -> None:
    opened(pair[0], subject="licence-of-somebody")
    for row in pair[0].rows(select(notices)):
        assert "licence-of-somebody" not in row.words
        assert "100" not in row.words.replace("510100", "")


def test_a_mail_is_taken_by_a_real_server_and_tried_again_while_it_refuses(
    pair: list[Town], tmp_path: Path
) -> None:
    keeper = pair[0]
    opened(keeper)

    async def play() -> Mailbox:
        box = Mailbox()
        server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        mailing = postman(
            keeper, tmp_path, outlet="smtp", smtp_host="127.0.0.1", smtp_port=port,
            smtp_starttls=False, sender="cases@city.example",
            addresses={"bureau": ("desk@city.example",)},
        )  # fmt: skip
        box.refuses = True
        assert await mailing.deliver_all() == 0
        assert states(keeper) == ["waiting"]
        assert await mailing.deliver_all() == 0
        box.refuses = False
        keeper.clock.advance(seconds=31)
        assert await mailing.deliver_all() == 1
        server.close()
        await server.wait_closed()
        return box

    (mail,) = asyncio.run(play()).mails
    message = message_from_bytes(mail, policy=policy.default)
    assert message["To"] == "desk@city.example"
    body = message.get_body()
    assert body is not None
    assert "waits for you: accept" in body.get_content()
    assert states(keeper) == ["sent"]


@pytest.mark.parametrize("status", [200, 204, 302, 500])
def test_a_web_hook_has_taken_it_only_if_it_says_so(
    pair: list[Town], tmp_path: Path, status: int
) -> None:
    keeper = pair[0]
    opened(keeper)
    posted: list[tuple[str, Any]] = []

    async def hook(request: web.Request) -> web.Response:
        posted.append((request.headers["Idempotency-Key"], await request.json()))
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:9/"})

    async def play() -> int:
        app = web.Application()
        app.router.add_post("/hook", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        sending = postman(
            keeper, tmp_path, outlet="webhook", webhook=f"http://127.0.0.1:{port}/hook"
        )
        count = await sending.deliver_all()
        await runner.cleanup()
        return count

    taken = asyncio.run(play())
    assert taken == (1 if status < 300 else 0)
    assert states(keeper) == ["sent" if taken else "waiting"]
    assert posted[0][0] == posted[0][1]["id"]


def test_what_nobody_takes_is_dead_in_the_end_and_stays_visible(
    pair: list[Town], tmp_path: Path
) -> None:
    keeper = pair[0]
    opened(keeper)
    mailing = postman(keeper, tmp_path, outlet="smtp", smtp_host="x", sender="a@b")
    for _ in range(ATTEMPTS_MAX + 2):
        assert asyncio.run(mailing.deliver_all()) == 0
        keeper.clock.advance(days=1)
    (row,) = keeper.rows(select(notices))
    assert (row.state, row.attempts, row.problem) == ("dead", ATTEMPTS_MAX, "NoAddressError")


@pytest.mark.parametrize(
    "config",
    [{"outlet": "smtp"}, {"outlet": "webhook"}, {"outlet": "webhook", "webhook": "ftp://x"},
     {"outlet": "pigeon"}, {"smtp_port": 0}, {"colour": 1}],
)  # fmt: skip
def test_a_configuration_that_is_not_whole_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NoticesConfig(**config)
