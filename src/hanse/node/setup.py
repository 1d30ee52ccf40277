"""Making a node: its folder, its encrypted key, its store, its configuration."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hanse.foundation.clock import iso
from hanse.foundation.credentials import ALGORITHMS
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness, system_randomness
from hanse.foundation.keys import Keystore, PrivateKey, ScryptCost, generate
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.mechanisms.journal.parties import NOTE_SUITES
from hanse.mechanisms.league.charter import Address
from hanse.node.config import CONFIG_INVALID, PASSPHRASE_VARIABLE, checked, load
from hanse.node.migrations import migrate

FOLDER_NOT_EMPTY = ProblemKind(
    "folder_not_empty",
    409,
    Text("目录中已有节点", "There is a node in the folder already"),
    Text("请换一个目录；不会覆盖 {place}", "Choose another folder; {place} is not overwritten"),
)

CONFIG_NAME = "node.toml"
MEMBER_NAME = "member.json"
PASSPHRASE_NAME = "passphrase"  # noqa: S105 - a file's name
JOURNAL_KEY = "j1"
"""Signs the journal's checkpoints where the city's own suite can't sign notes."""
PERSONS_KEY = "persons"
"""Its secret makes the digests of persons in the journal; it signs nothing and never leaves."""
CREDENTIAL_KEY = "c1"
"""Issues credentials where the city's own suite has no name in JOSE."""
USES = ("exchange", "charter", "witness")
CREDENTIAL_USE = "credential"


@dataclass(frozen=True)
class NodePlan:
    """What must be known to make a node."""

    folder: Path
    city: str
    address: str
    listen_host: str
    listen_port: int
    suite: str = "ed25519"
    database: str = ""
    genesis_digest: str = ""
    key_id: str = "k1"
    cost: ScryptCost = ScryptCost()  # noqa: RUF009 - a frozen value


def set_up(
    plan: NodePlan,
    now: datetime,
    spare_passphrase: str,
    randomness: Randomness = system_randomness,
) -> Path:
    """Make the node; gives the file that its league needs to list it.

    The passphrase comes from the environment; without one `spare_passphrase` is used and written
    to a file beside the configuration that only its owner reads.
    """
    config_path = plan.folder / CONFIG_NAME
    if config_path.exists():
        raise FOLDER_NOT_EMPTY(place=config_path)
    passphrase = os.environ.get(PASSPHRASE_VARIABLE, "")
    lines = {
        "city": plan.city,
        "listen_host": plan.listen_host,
        "listen_port": plan.listen_port,
        "key_id": plan.key_id,
        "genesis_digest": plan.genesis_digest,
    }
    if plan.database:
        lines["database"] = plan.database
    checked(config_path, plan.folder, lines)
    try:
        TypeAdapter(Address).validate_python(plan.address)
    except ValidationError as error:
        raise CONFIG_INVALID(place=f"--address: {error.errors()[0]['msg']}") from None
    plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not passphrase:
        passphrase = spare_passphrase
        _write_private(plan.folder / PASSPHRASE_NAME, passphrase + "\n")
        lines["key_passphrase_file"] = str((plan.folder / PASSPHRASE_NAME).resolve())
    key = generate(plan.suite, randomness)
    keystore = Keystore(plan.folder / "keys", cost=plan.cost)
    keystore.add(plan.key_id, key, passphrase, now)
    keystore.add(PERSONS_KEY, generate("ed25519", randomness), passphrase, now)
    keys = [_listed(plan.key_id, key, uses_of(plan.suite), now)]
    if plan.suite not in NOTE_SUITES:  # C2SP notes are signed with Ed25519 or ML-DSA-44 alone
        keys[0]["uses"].remove(USES[2])
        journal_key = generate("ed25519", randomness)
        keystore.add(JOURNAL_KEY, journal_key, passphrase, now)
        keys.append(_listed(JOURNAL_KEY, journal_key, (USES[0], USES[2]), now))
    if plan.suite not in ALGORITHMS:
        credential_key = generate("ed25519", randomness)
        keystore.add(CREDENTIAL_KEY, credential_key, passphrase, now)
        keys.append(_listed(CREDENTIAL_KEY, credential_key, (CREDENTIAL_USE,), now))
    member_path = plan.folder / MEMBER_NAME
    member: dict[str, Any] = {"city": plan.city, "address": plan.address, "keys": keys}
    member_path.write_text(json.dumps(member, ensure_ascii=False, indent=2) + "\n", "utf-8")
    write_config(config_path, lines)
    engine = open_engine(load(config_path).database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return member_path


def uses_of(suite: str) -> tuple[str, ...]:
    """What a city's one key is listed for: credentials too, where JOSE has a name for its suite."""
    return (*USES, CREDENTIAL_USE) if suite in ALGORITHMS else USES


def _listed(key_id: str, key: PrivateKey, uses: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """A key as the charter lists it."""
    return {
        "id": key_id,
        **key.public.as_dict(),
        "uses": list(uses),
        "valid_from": iso(now),
    }


def write_config(path: Path, values: dict[str, Any]) -> None:
    """Write a flat configuration as TOML."""
    lines = ["# Configuration of a Hanse node. Units are in the names; see docs/operation.md."]
    for name, value in values.items():
        lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
