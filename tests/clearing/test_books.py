"""Every book with positions between cities can be cleared: one that can't would stop a cycle."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import hanse.services
from hanse.mechanisms.clearing.books import CLEARED_ACCOUNT, CLEARED_TRANSFER, PREFIX
from hanse.mechanisms.ledger import Chart

BOOKS = [
    name
    for _, name, _ in pkgutil.walk_packages(hanse.services.__path__, "hanse.services.")
    if name.endswith(".chart") and hasattr(importlib.import_module(name), "intercity")
]


def test_the_books_are_found() -> None:
    assert len(BOOKS) >= 3


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_between_cities_declares_what_clearing_books(name: str) -> None:
    chart: Chart = importlib.import_module(name).CHART
    assert CLEARED_ACCOUNT in chart.accounts
    assert CLEARED_TRANSFER in chart.transfers


def test_no_service_writes_the_name_of_a_position_by_itself() -> None:
    for _, name, is_package in pkgutil.walk_packages(hanse.services.__path__, "hanse.services."):
        if is_package or name.startswith("hanse.services.finance.clearing"):
            continue
        file = importlib.import_module(name).__file__
        assert file is not None
        assert f'"{PREFIX}' not in Path(file).read_text("utf-8"), name
