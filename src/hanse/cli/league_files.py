"""What the charter's and agreements' commands share: the node's documents, keys and files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.keys import Keystore, PrivateKey, generate
from hanse.foundation.languages import Text
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.league import store
from hanse.mechanisms.league.charter import Charter, SignedCharter
from hanse.mechanisms.league.documents import DOCUMENT_BYTES_MAX, DOCUMENT_TOO_LARGE
from hanse.mechanisms.league.view import LeagueView
from hanse.node.config import NodeConfig
from hanse.node.migrations import require_current
from hanse.node.setup import uses_of

CHARTER_MISSING = ProblemKind(
    "charter_missing",
    409,
    Text("本节点尚无章程", "This node has no charter yet"),
    Text("请先运行 hanse charter apply", "Run hanse charter apply first"),
)
Read = TypeVar("Read")


@dataclass(frozen=True)
class Held:
    """What the node's store holds of the league."""

    engine: Engine
    league: LeagueView
    signed_charter: SignedCharter | None

    def need_charter(self) -> SignedCharter:
        """The charter, or a refusal that says how to get one."""
        if self.signed_charter is None:
            raise CHARTER_MISSING()
        return self.signed_charter

    @property
    def charter(self) -> Charter:
        """The charter's document."""
        return self.need_charter().document


def open_held(config: NodeConfig) -> Held:
    """Read the node's league from its store."""
    engine = open_engine(config.database_url)
    require_current(engine)
    with reading(engine) as transaction:
        return Held(
            engine=engine,
            league=store.load(transaction, config.city),
            signed_charter=store.current_charter(transaction),
        )


@dataclass(frozen=True)
class OwnKeys:
    """The node's keystore with its passphrase."""

    keystore: Keystore
    passphrase: str

    def load(self, key_id: str) -> PrivateKey:
        """A private key."""
        return self.keystore.load(key_id, self.passphrase)

    def add(self, key_id: str, suite: str, now: datetime) -> bytes:
        """Make a key; gives its public part as the charter lists it."""
        key = generate(suite)
        self.keystore.add(key_id, key, self.passphrase, now)
        public = {
            "id": key_id,
            **key.public.as_dict(),
            "uses": list(uses_of(suite)),
            "valid_from": iso(now),
        }
        return json.dumps(public, indent=2).encode()


def own_key(config: NodeConfig) -> OwnKeys:
    """The node's keys."""
    return OwnKeys(Keystore(config.keys_folder), config.passphrase())


def read_file(path: Path, read: Callable[[bytes], Read]) -> Read:
    """A document from a file, no larger than any document may be."""
    with path.open("rb") as file:
        data = file.read(DOCUMENT_BYTES_MAX + 1)
    if len(data) > DOCUMENT_BYTES_MAX:
        raise DOCUMENT_TOO_LARGE(bytes_max=DOCUMENT_BYTES_MAX)
    return read(data)


def write_file(path: Path, data: bytes) -> None:
    """Write a document beside the old one and put it in its place."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(data)
    temporary.replace(path)
