"""Pages of a node under load, among 100,000 open cases, as a browser without scripts asks for them.

A city's node runs in its own process with all services. One pension transfer is applied for as an
agency does, then multiplied in the store; an officer signs in and eight browsers of theirs open
pages, each as soon as the last one has come.
"""

import json
import random
import re
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import aiohttp

from benches.cases import OPEN_CASES, multiply
from benches.cities import ASKED, ASKER, two_cities
from benches.processes import Served, serve_node
from benches.timing import closed_loop
from hanse.foundation.store import open_engine
from hanse.node.config import load
from hanse.node.zone import TOKENS_NAME, init_zone
from hanse.simulation import pension_people as people

BROWSERS: Final = 8
VIEWS: Final = 400
AGENCY, BUREAU = "social-insurance", "human-resources"
MATTER: Final = "pension_transfer"
ELSEWHERE: Final = "500100"
"""A household in another province."""
FORM_TOKEN: Final = re.compile(r'name="form_token" value="([^"]+)"')


async def pages(scale: float) -> dict[str, Any]:
    """What a page takes: the portal's first, the desk's first, a queue, a list, a case."""
    count, views = int(OPEN_CASES * scale), max(40, int(VIEWS * scale))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        init_zone(folder, two_cities())
        node, other = _serve(folder, ASKER), _serve(folder, ASKED)
        try:
            case = await _apply(folder, node, other)
            engine = open_engine(load(folder / ASKER / "node.toml").database_url)
            multiply(engine, case, count)
            engine.dispose()
            found = await _look(node, case, views)
        finally:
            node.stop()
            other.stop()
    return {"open_cases": count, "browsers": BROWSERS, **found}


def _serve(folder: Path, city: str) -> Served:
    port = load(folder / city / "node.toml").listen_port
    return serve_node(folder / city / "node.toml", f"http://127.0.0.1:{port}")


async def _apply(folder: Path, node: Served, other: Served) -> str:
    """One case that waits at the agency: a woman from another province asks to be received."""
    tokens = json.loads((folder / TOKENS_NAME).read_text("utf-8"))
    worker = people.citizen(ASKED, 300)
    relation = people.leaving(random.Random(300), ASKED, worker, ELSEWHERE)
    async with aiohttp.ClientSession() as session:

        async def call(served: Served, city: str, operation: str, data: Any) -> Any:
            headers = {"Authorization": f"Bearer {tokens[city][AGENCY]}"}
            address = f"{served.address}/api/{operation}"
            async with session.post(address, json=data, headers=headers) as answer:
                answer.raise_for_status()
                return await answer.json()

        await call(other, ASKED, "pension.keep", relation)
        await call(node, ASKER, "pension.keep", people.arriving(ASKER, worker, ELSEWHERE))
        asked = {"citizen_id": worker}
        certificate = await call(other, ASKED, "pension.issue_certificate", asked)
        application = people.application(certificate, ASKER, (AGENCY, BUREAU))
        case = (await call(node, ASKER, f"{MATTER}.start", application))["case"]
    return str(case)


async def _look(node: Served, case: str, views: int) -> dict[str, Any]:
    addresses = {
        "portal": "/",
        "desk": "/desk",
        "queue": f"/desk/queues/{MATTER}",
        "list": f"/desk/cases/{MATTER}",
        "case": f"/desk/cases/{MATTER}/{case}",
    }
    jar = aiohttp.CookieJar(unsafe=True)  # an address of digits has cookies too
    async with aiohttp.ClientSession(node.address, cookie_jar=jar) as session:
        await _sign_in(session)
        found: dict[str, Any] = {}
        for name, address in addresses.items():
            open_page = _opener(session, address)
            size = await open_page()
            found[name] = asdict(await closed_loop(open_page, BROWSERS, views)) | {"bytes": size}
    return found


def _opener(session: aiohttp.ClientSession, address: str) -> Callable[[], Awaitable[int]]:
    async def open_page() -> int:
        async with session.get(address, allow_redirects=False) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{address}: {answer.status}")
            return len(body)

    return open_page


async def _sign_in(session: aiohttp.ClientSession) -> None:
    async with session.get("/sign-in") as answer:
        token = FORM_TOKEN.search(await answer.text())
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    fields = {"form_token": token[1], "login": f"sample-{AGENCY}"}
    async with session.post("/sign-in/sample", data=fields) as answer:
        answer.raise_for_status()
