"""The picture of the day: text has the room of its cells, of which a Chinese character has two."""

import html
import re

from rich.cells import cell_len

from hanse.cli.day import report

ONE = {
    "title": {"zh": "通存通兑", "en": "Universal deposit"},
    "asked": 1,
    "answered": 1,
    "refused": 0,
    "owed": 0,
    "median_ms": 1.0,
    "p99_ms": 1.0,
}
FOUND = {
    "services": {"finance.deposits": ONE},
    "invariants": [],
    "unexpected": [],
    "seed": 1,
    "seconds": 1.0,
    "digest": "0" * 64,
}
CELL = 12.2
"""Width of a cell, as rich draws it."""


def test_text_in_the_picture_is_as_wide_as_its_cells() -> None:
    texts = re.findall(r'textLength="([0-9.]+)"[^>]*>([^<]+)<', report.picture(FOUND))
    assert any("通存通兑" in words for _, words in texts)
    for length, words in texts:
        assert abs(float(length) - CELL * cell_len(html.unescape(words))) < 0.1, words
