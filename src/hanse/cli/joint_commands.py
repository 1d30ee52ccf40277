"""`hanse joint sign`: sign a text that several cities sign together, with this city's charter key.

The key stays where the operator keeps it; the node is handed the signed text afterwards, by
`hanse call`, and tells the other cities.
"""

from pathlib import Path
from typing import Any, Final

import click

from hanse.cli.league_files import open_held, own_key, read_file, write_file
from hanse.cli.node_commands import config_option
from hanse.cli.output import say
from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.store.transaction import reading
from hanse.mechanisms.league import store
from hanse.mechanisms.league.documents import Signed, add_signature, read_json, read_signed, sign
from hanse.mechanisms.league.joint_documents import JointDocument, check_signatures
from hanse.node.config import load
from hanse.services.governance.conference.contracts import Resolution
from hanse.services.governance.press.contracts import Announcement

JOINT_KIND_UNKNOWN = ProblemKind(
    "joint_kind_unknown",
    422,
    Text("不是可共同签署的文件", "That is no text that cities sign together"),
    Text("可签署：{kinds}", "What can be signed: {kinds}"),
)
KINDS: Final[dict[str, type[JointDocument]]] = {
    "announcement": Announcement,
    "resolution": Resolution,
}
"""By the text's own word for what it is."""


@click.group()
def joint() -> None:
    """多市共同签署的文件 / Texts that several cities sign."""


@joint.command("sign")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True))
def sign_(config_path: Path, file: Path) -> None:
    """核验并以本市密钥签署 / Check what is signed so far, and sign with this city's key."""
    config = load(config_path)
    held = open_held(config)
    signed = read_file(file, read_joint)
    document = signed.document
    with reading(held.engine) as transaction:
        charter = store.charter_named(
            transaction, document.charter_version, document.charter_digest
        )
    signature = sign(document, config.city, config.key_id, own_key(config).load(config.key_id))
    signed = add_signature(signed, signature)
    check_signatures(document, signed.signatures, charter)
    write_file(file, signed.to_bytes())
    say(
        Text("已签署 {digest}；签署城市：{cities}", "Signed {digest}; signed by {cities}"),
        digest=signed.digest,
        cities=", ".join(sorted(signed.signers)),
    )


def read_joint(data: bytes) -> Signed[Any]:
    """A signed text of any of the kinds, read strictly as that kind."""
    document = read_json(data).get("document")
    kind = KINDS.get(str(document.get("paper"))) if isinstance(document, dict) else None
    if kind is None:
        raise JOINT_KIND_UNKNOWN(kinds=", ".join(KINDS))
    return read_signed(data, kind)
