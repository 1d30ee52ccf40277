"""Files that pages name: the stylesheet and scripts, each under the digest of its content.

All are listed when the node starts, so no address can lead to any other file. Scripts and charts
come from `built`, which the build step fills; where it is empty the pages do without.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

PREFIX: Final = "/assets/"
KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
FOLDERS: Final = ("static", "built")


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    body: bytes
    media_type: str
    address: str


@cache
def listed() -> dict[str, Asset]:
    """Every file by its name."""
    found = {}
    for folder in FOLDERS:
        place = resources.files("hanse.web") / folder
        if not place.is_dir():
            continue
        for file in sorted(place.iterdir(), key=lambda one: one.name):
            stem, _, kind = file.name.rpartition(".")
            if kind in KINDS:
                body = file.read_bytes()
                mark = hashlib.sha256(body).hexdigest()[:16]
                address = f"{PREFIX}{stem}-{mark}.{kind}"
                found[file.name] = Asset(body, KINDS[kind], address)
    return found


@cache
def by_address() -> dict[str, Asset]:
    """Every file by its address."""
    return {one.address: one for one in listed().values()}


def address(name: str) -> str | None:
    """Where a file is served, or None where it was not built."""
    found = listed().get(name)
    return None if found is None else found.address
