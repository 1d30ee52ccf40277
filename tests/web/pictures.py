"""Takes the pictures of the documents: `python -m tests.web.pictures FOLDER`.

FOLDER holds a day that was played (`hanse day FOLDER`). Its nodes are served as `hanse look` does,
and a few pages are photographed in a real browser, with colours few enough for small files.
"""

import io
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from hanse.cli.day.play import after_the_day
from hanse.cli.pages import pages
from tests.node.running import run_zone

PLACE = Path(__file__).resolve().parents[2] / "docs" / "pictures"
COLOURS = 96
CITY = "510100"


@dataclass(frozen=True)
class Picture:
    """One picture: which page, as whom, in which language and size."""

    name: str
    path: str
    login: str = ""
    language: str = "zh-CN"
    width: int = 1200
    height: int = 800


PICTURES = (
    Picture("portal-zh", "/", height=1180),
    Picture("portal-en-narrow", "/", language="en-GB", width=390, height=844),
    Picture("verify-en", "/verify", language="en-GB", height=760),
    Picture("operator-zh", "/operator", "sample-operator", height=860),
)


def main() -> None:
    """Take them all."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine (Debian: apt-get install chromium)")
    place, clock = after_the_day(folder)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with run_zone(place, clock=clock, pages=pages) as site, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=sandbox)
        for one in PICTURES:
            take(browser, site.zone.addresses[CITY], one)
        browser.close()


def take(browser: Any, address: str, one: Picture) -> None:
    """Take one picture and keep it small."""
    context = browser.new_context(
        base_url=address,
        locale=one.language,
        viewport={"width": one.width, "height": one.height},
    )
    page = context.new_page()
    if one.login:
        page.goto("/sign-in")
        page.click(f"button[value='{one.login}']")
    page.goto(one.path)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    PLACE.mkdir(parents=True, exist_ok=True)
    taken.quantize(COLOURS).save(PLACE / f"{one.name}.png", optimize=True)
    context.close()


if __name__ == "__main__":
    main()
