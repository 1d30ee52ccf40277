"""The sections that a node shows. The list below is the whole registry of pages."""

import re
from collections.abc import Sequence
from importlib import resources
from typing import Final

from hanse.web.confirming.pages import CONFIRMING
from hanse.web.desk.pages import DESK
from hanse.web.joint.pages import JOINT
from hanse.web.operator.pages import OPERATOR_PAGES
from hanse.web.page import Section
from hanse.web.portal.pages import PORTAL
from hanse.web.resident.pages import RESIDENT
from hanse.web.signin.pages import SIGN_IN

SECTIONS: Final[tuple[Section, ...]] = (
    PORTAL,
    RESIDENT,
    JOINT,
    DESK,
    OPERATOR_PAGES,
    CONFIRMING,
    SIGN_IN,
)
"""In the order of the menu."""
_WORDS: Final = re.compile(r"\{([a-z_]+)\}")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def flaws(sections: Sequence[Section]) -> list[str]:
    """What is wrong with the declarations; a node with any does not start."""
    found = []
    pages = [page for section in sections for page in section.pages]
    for what, values in (
        ("section name", [section.name for section in sections]),
        ("page name", [page.name for page in pages]),
        ("act name", [act.name for section in sections for act in section.acts]),
        ("path", [_WORDS.sub("{}", page.path) for page in pages]),
    ):
        found += [f"{what} {one} stands twice" for one in set(values) if values.count(one) > 1]
    names = {page.name for page in pages}
    for page in pages:
        if not page.path.startswith("/") or page.path.startswith(("//", "/api/", "/assets/")):
            found.append(f"page {page.name}: {page.path} is no path of a page")
        if not page.access:
            found.append(f"page {page.name}: nobody may see it")
        if set(_WORDS.findall(page.path)) != set(page.example):
            found.append(f"page {page.name}: its example does not fill its path")
        if page.under and page.under not in names:
            found.append(f"page {page.name}: it is under {page.under}, which is no page")
        if not _CHINESE.search(page.title.zh) or _CHINESE.search(page.title.en):
            found.append(f"page {page.name}: its titles are not in Chinese and English")
    for section in sections:
        if not (resources.files(section.package) / "templates").is_dir():
            found.append(f"section {section.name}: {section.package} has no templates")
    return found
