"""`hanse ledger ...` on the books of a node."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from hanse.cli.main import hanse
from hanse.foundation.errors import Problem
from hanse.foundation.store.transaction import committing
from hanse.mechanisms.ledger import Flags, Transfer
from tests.ledger.books import Ledger, new_ledger, tid


@pytest.fixture
def node(tmp_path: Path) -> Ledger:
    held = new_ledger(lambda name: f"sqlite:///{tmp_path / 'hanse.sqlite'}")
    (tmp_path / "node.toml").write_text('city = "510600"\n')
    held.transfer(
        Transfer(tid(1), "free", "wallet", 12_345, 1),
        Transfer(tid(2), "wallet", "pool", 45, 2, Flags.PENDING),
    )
    return held


def call(tmp_path: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(
        hanse,
        ["ledger", *arguments, "--config", str(tmp_path / "node.toml")],
        env={"HANSE_LANGUAGE": language, "COLUMNS": "150"},
    )


def read(tmp_path: Path, *arguments: str) -> Any:
    return json.loads(call(tmp_path, *arguments, "--json").output)


def test_accounts_and_balances_are_shown(node: Ledger, tmp_path: Path) -> None:
    found = read(tmp_path, "accounts", "--book", "trial")
    assert [one["id"] for one in found] == ["free", "wallet", "capped", "till", "pool"]
    assert read(tmp_path, "accounts", "--after", str(found[0]["number"]))[0]["id"] == "wallet"
    assert "123.45 CNY" in call(tmp_path, "accounts").output
    assert read(tmp_path, "balance", "wallet")["debits_pending"] == 45
    assert "贷方已记 123.45 CNY" in call(tmp_path, "balance", "wallet", language="zh").output
    early = read(tmp_path, "balance", "wallet", "--at", "2020-01-01T00:00:00+0800")
    assert early["credits_posted"] == 0
    node.engine.dispose()


def test_a_statement_is_shown(node: Ledger, tmp_path: Path) -> None:
    lines = read(tmp_path, "statement", "wallet")
    assert [line["after"]["credits_posted"] for line in lines] == [12_345, 12_345]
    output = call(tmp_path, "statement", "wallet").output
    assert "2026-11-25" in output
    assert "(pending)" in output
    unknown = call(tmp_path, "statement", "nobody")
    assert isinstance(unknown.exception, Problem)
    assert unknown.exception.code == "ledger_account_unknown"
    node.engine.dispose()


def test_a_transfer_is_proved(node: Ledger, tmp_path: Path) -> None:
    proof = read(tmp_path, "prove", tid(1).hex())
    assert (proof["holds"], proof["size"]) == (True, 2)
    assert proof["root"] in call(tmp_path, "prove", tid(1).hex()).output.replace("\n", "")
    bad = call(tmp_path, "prove", "no number")
    assert isinstance(bad.exception, Problem)
    assert bad.exception.code == "ledger_id_unreadable"
    node.engine.dispose()


def test_an_audit_agrees_or_fails(node: Ledger, tmp_path: Path) -> None:
    assert "The books agree" in call(tmp_path, "audit").output
    with committing(node.engine) as transaction:
        transaction.execute(text("UPDATE ledger_accounts SET debits_posted = 1 WHERE id='free'"))
    failed = call(tmp_path, "audit")
    assert isinstance(failed.exception, Problem)
    assert failed.exception.code == "ledger_audit_failed"
    assert "✗ account" in failed.output
    node.engine.dispose()
