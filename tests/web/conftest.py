"""Three cities with their pages, for all tests of the folder, and browsers for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hanse.cli.pages import pages
from hanse.mechanisms.exchange.tables import streams_out
from tests.node.running import Running, make_zone, run_zone, until
from tests.web.browsing import Browser
from tests.web.npm_tools import installed

HOME = "510100"
OTHER = "510600"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Three cities that serve their pages."""
    folder = make_zone(tmp_path_factory.mktemp("site"), HOME, OTHER, "510700")
    with run_zone(folder, pages=pages) as found:
        until(lambda: all(_is_heard(found, city) for city in found.zone.nodes))
        yield found


def _is_heard(site: Running, city: str) -> bool:
    """Whether the other cities are told of this one's traffic notices."""
    heard = select(func.count()).where(
        streams_out.c.topic == "traffic.notice", streams_out.c.subscribed
    )
    return bool(site.run(site.zone.nodes[city].read(lambda tx: tx.value(heard))) == 2)


@pytest.fixture
def browser(site: Running) -> Callable[..., Browser]:
    """Makes a fresh browser at the first city, in a language; signed in where a login is named."""

    def make(login: str = "", language: str = "en", city: str = HOME) -> Browser:
        made = Browser(site.zone.addresses[city], language)
        return made.be(login) if login else made

    return make


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the outside tools of npm."""
    return installed(tmp_path_factory.mktemp("npm"))
