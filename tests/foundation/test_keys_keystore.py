"""A key at rest comes back whole with its passphrase, and not at all in any other case."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from hanse.foundation.errors import Problem
from hanse.foundation.identity import base64url, seeded_randomness
from hanse.foundation.keys import SUITES, Keystore, PrivateKey, ScryptCost, generate
from hanse.foundation.keys.keyfile import N_MAX, N_MIN

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
PASSPHRASE = "成都-exchange-1"
KEY = generate("ed25519", seeded_randomness("keystore"))
OTHER = generate("ed25519", seeded_randomness("other"))


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keys", ScryptCost(n=N_MIN), seeded_randomness("store"))


@pytest.fixture
def file(store: Keystore, tmp_path: Path) -> Path:
    """The file of a key that was added as `exchange-2026`."""
    store.add("exchange-2026", KEY, PASSPHRASE, NOW)
    return tmp_path / "keys" / "exchange-2026.json"


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as refused:
        call()
    return refused.value.code


def rewrite(file: Path, change: Callable[[dict[str, Any]], None], fix_checksum: bool) -> None:
    values = json.loads(file.read_bytes())
    change(values)
    if fix_checksum:
        del values["checksum"]
        values["checksum"] = hashlib.sha256(rfc8785.dumps(values)).hexdigest()
    file.write_bytes(json.dumps(values).encode())


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_key_of_every_suite_comes_back(store: Keystore, suite: str) -> None:
    key = generate(suite, seeded_randomness(suite))
    store.add("a", key, PASSPHRASE, NOW)
    again = store.load("a", PASSPHRASE)
    assert (again.public, again.secret) == (key.public, key.secret)


def test_file_has_the_documented_fields_and_not_the_secret(file: Path) -> None:
    values = json.loads(file.read_bytes())
    assert values.keys() == {
        *("id", "suite", "public", "created_at", "kdf", "cipher", "nonce"),
        *("ciphertext", "checksum"),
    }
    assert values["id"] == "exchange-2026"
    assert values["created_at"] == "2026-03-01T08:30:00.000Z"
    assert values["kdf"].keys() == {"name", "n", "r", "p", "salt"}
    assert values["cipher"] == "aes-256-gcm"
    content = file.read_bytes()
    assert KEY.secret not in content
    assert base64url(KEY.secret).encode() not in content
    assert KEY.secret.hex().encode() not in content


def test_file_and_folder_are_for_the_owner_alone(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_same_key_twice_is_sealed_differently(store: Keystore, file: Path) -> None:
    store.add("second", KEY, PASSPHRASE, NOW)
    first, second = (
        json.loads(path.read_bytes()) for path in (file, file.with_name("second.json"))
    )
    assert first["kdf"]["salt"] != second["kdf"]["salt"]
    assert first["nonce"] != second["nonce"]
    assert first["ciphertext"] != second["ciphertext"]


@pytest.mark.parametrize("passphrase", ["成都-exchange-2", "", " " + PASSPHRASE, "x" * 5000])
def test_wrong_passphrase_is_refused(store: Keystore, file: Path, passphrase: str) -> None:
    before = file.read_bytes()
    assert code_of(lambda: store.load("exchange-2026", passphrase)) == "key_passphrase_wrong"
    assert file.read_bytes() == before


def test_passphrase_composed_differently_is_the_same(store: Keystore) -> None:
    store.add("a", KEY, "caf\u00e9-cafe", NOW)
    assert store.load("a", "cafe\u0301-cafe").public == KEY.public


@pytest.mark.parametrize("passphrase", ["", "1234567", "x" * 1025])
def test_unfit_passphrase_stores_nothing(store: Keystore, tmp_path: Path, passphrase: str) -> None:
    assert code_of(lambda: store.add("a", KEY, passphrase, NOW)) == "key_passphrase_unfit"
    assert not (tmp_path / "keys").exists()


def test_every_flipped_byte_is_found(store: Keystore, file: Path) -> None:
    """Damage shows before the passphrase is tried, so a broken disk is not taken for a typo."""
    whole = file.read_bytes()
    for at in range(len(whole) - 1):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged", at
    file.write_bytes(whole)
    assert store.load("exchange-2026", PASSPHRASE).public == KEY.public


@pytest.mark.parametrize("kept", [0, 1, 100, -2, -20])
def test_truncated_file_is_damaged(store: Keystore, file: Path, kept: int) -> None:
    file.write_bytes(file.read_bytes()[:kept])
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged"
    assert code_of(store.list) == "key_file_damaged"


def test_file_that_is_too_long_is_damaged(store: Keystore, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" " * 20_000)
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged"


def swap_public(values: dict[str, Any]) -> None:
    values["public"] = OTHER.public.as_dict()["public"]


def swap_suite(values: dict[str, Any]) -> None:
    other = generate("ml-dsa-44", seeded_randomness("other"))
    values |= other.public.as_dict()


def swap_date(values: dict[str, Any]) -> None:
    values["created_at"] = "2020-01-01T00:00:00.000Z"


def swap_salt(values: dict[str, Any]) -> None:
    values["kdf"]["salt"] = base64url(bytes(16))


def lower_cost(values: dict[str, Any]) -> None:
    values["kdf"]["p"] = 2


def swap_nonce(values: dict[str, Any]) -> None:
    values["nonce"] = base64url(bytes(12))


def cut_ciphertext(values: dict[str, Any]) -> None:
    values["ciphertext"] = ""


SWAPS = [swap_public, swap_suite, swap_date, swap_salt, lower_cost, swap_nonce, cut_ciphertext]


@pytest.mark.parametrize("swap", SWAPS)
def test_swapped_field_is_damage(
    store: Keystore, file: Path, swap: Callable[[dict[str, Any]], None]
) -> None:
    rewrite(file, swap, fix_checksum=False)
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged"


@pytest.mark.parametrize("swap", SWAPS)
def test_swapped_field_does_not_open_even_with_a_new_checksum(
    store: Keystore, file: Path, swap: Callable[[dict[str, Any]], None]
) -> None:
    rewrite(file, swap, fix_checksum=True)
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_passphrase_wrong"


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["kdf"].update(n=N_MIN // 2),
        lambda values: values["kdf"].update(n=N_MAX * 2),
        lambda values: values["kdf"].update(n=N_MIN + 1),
        lambda values: values["kdf"].update(n=2**60),
        lambda values: values["kdf"].update(n=float(N_MIN)),
        lambda values: values["kdf"].update(r=1),
        lambda values: values["kdf"].update(p=17),
        lambda values: values["kdf"].update(salt="AA"),
        lambda values: values["kdf"].update(name="pbkdf2"),
        lambda values: values.update(nonce="AA"),
        lambda values: values.update(nonce="A"),
        lambda values: values.update(suite="rsa"),
        lambda values: values.update(public="AA"),
        lambda values: values.update(cipher="none"),
        lambda values: values.update(id="other"),
        lambda values: values.update(id="\ud800"),
        lambda values: values.update(note="extra"),
        lambda values: values.pop("ciphertext"),
        lambda values: values.clear(),
    ],
)
def test_value_that_no_keystore_writes_is_damage(
    store: Keystore, file: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    values = json.loads(file.read_bytes())
    change(values)
    values.pop("checksum", None)
    try:
        values["checksum"] = hashlib.sha256(rfc8785.dumps(values)).hexdigest()
    except ValueError:
        values["checksum"] = "0" * 64
    file.write_bytes(json.dumps(values).encode())
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged"


@pytest.mark.parametrize("content", [b"[]", b"null", b"\xff\xfe", b"{}", b"[" * 10_000])
def test_file_that_is_something_else_is_damage(store: Keystore, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_file_damaged"


def test_file_under_another_name_is_damage(store: Keystore, file: Path) -> None:
    file.rename(file.with_name("other.json"))
    assert code_of(lambda: store.load("other", PASSPHRASE)) == "key_file_damaged"


def test_existing_key_is_never_overwritten(store: Keystore, file: Path) -> None:
    before = file.read_bytes()
    again = lambda: store.add("exchange-2026", OTHER, PASSPHRASE, NOW)  # noqa: E731
    assert code_of(again) == "key_exists"
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_file_that_appears_while_adding_is_not_overwritten(
    store: Keystore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes add the same id at once: the second finds the file only when it links."""
    path = tmp_path / "keys" / "a.json"
    monkeypatch.setattr(Path, "exists", lambda self: False)
    store.add("a", KEY, PASSPHRASE, NOW)
    before = path.read_bytes()
    assert code_of(lambda: store.add("a", OTHER, PASSPHRASE, NOW)) == "key_exists"
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["a.json"]


def test_failed_write_leaves_nothing(
    store: Keystore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="disk full"):
            store.add("a", KEY, PASSPHRASE, NOW)
    assert list((tmp_path / "keys").glob("*")) == []
    store.add("a", KEY, PASSPHRASE, NOW)
    assert store.load("a", PASSPHRASE).public == KEY.public


def test_content_is_durable_before_its_name_and_its_name_before_the_answer(
    store: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    link = Path.hardlink_to

    def sync(descriptor: int) -> None:
        happened.append("file" if stat.S_ISREG(os.fstat(descriptor).st_mode) else "folder")

    def link_to(path: Path, target: Path) -> None:
        happened.append("name")
        link(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "hardlink_to", link_to)
    store.add("a", KEY, PASSPHRASE, NOW)
    assert happened == ["folder", "file", "name", "folder"]
    happened.clear()
    store.retire("a")
    assert happened == ["folder"]


def test_secret_that_is_not_the_public_key_s_is_not_handed_out(store: Keystore) -> None:
    mixed = PrivateKey(OTHER.public, KEY.secret, KEY.sign)
    store.add("mixed", mixed, PASSPHRASE, NOW)
    assert code_of(lambda: store.load("mixed", PASSPHRASE)) == "key_file_damaged"


def test_list_tells_everything_but_the_secret(store: Keystore, file: Path) -> None:
    store.add("b", OTHER, PASSPHRASE, NOW)
    store.retire("b")
    (file.parent / "notes.txt").write_text("not a key")
    first, second = store.list()
    assert (first.id, first.public, first.retired) == ("b", OTHER.public, True)
    assert (second.id, second.public, second.retired) == ("exchange-2026", KEY.public, False)
    assert second.created_at == "2026-03-01T08:30:00.000Z"
    assert repr(KEY.secret) not in repr(store.list())


def test_empty_keystore_lists_nothing(store: Keystore) -> None:
    assert store.list() == ()


def test_retired_key_is_kept_but_not_loaded(store: Keystore, file: Path) -> None:
    before = file.read_bytes()
    store.retire("exchange-2026")
    assert file.with_name("exchange-2026.json.retired").read_bytes() == before
    assert code_of(lambda: store.load("exchange-2026", PASSPHRASE)) == "key_not_found"
    assert code_of(lambda: store.retire("exchange-2026")) == "key_not_found"


def test_id_of_a_retired_key_is_not_given_again(store: Keystore, file: Path) -> None:
    store.retire("exchange-2026")
    again = lambda: store.add("exchange-2026", OTHER, PASSPHRASE, NOW)  # noqa: E731
    assert code_of(again) == "key_exists"
    assert not file.exists()


def test_unknown_key_is_not_found(store: Keystore) -> None:
    assert code_of(lambda: store.load("nothing", PASSPHRASE)) == "key_not_found"
    assert code_of(lambda: store.retire("nothing")) == "key_not_found"


@pytest.mark.parametrize("key_id", ["", "../a", "a/b", ".a", "A", "密钥", "a\n", "a" * 65, "a\0"])
def test_id_that_is_no_file_name_is_refused(store: Keystore, tmp_path: Path, key_id: str) -> None:
    for call in (
        lambda: store.add(key_id, KEY, PASSPHRASE, NOW),
        lambda: store.load(key_id, PASSPHRASE),
        lambda: store.retire(key_id),
    ):
        assert code_of(call) == "key_id_invalid"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "cost", [{"n": N_MIN // 2}, {"n": N_MIN + 2}, {"n": N_MAX * 2}, {"r": 7}, {"r": 17}, {"p": 0}]
)
def test_cost_below_or_above_the_bounds_is_refused(cost: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="scrypt"):
        ScryptCost(**cost)


def test_cost_by_default_is_above_the_lower_bound() -> None:
    assert ScryptCost() == ScryptCost(n=2**15, r=8, p=1)
    assert ScryptCost().n > N_MIN
