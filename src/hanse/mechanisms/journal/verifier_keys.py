"""Verifier keys of C2SP signed notes, and what a signature of each type covers.

    <key name>+<8 hex digits of key id>+base64(type byte || public key)

    key id = SHA-256(key name || 0x0A || type byte || public key)[:4]

The id is a name, not a commitment: anyone can compute a key that collides with it. What protects
a reader is the public key in its own configuration.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.keys import PublicKey
from hanse.foundation.languages import Text
from hanse.mechanisms.journal.checkpoints import (
    TIME_SECONDS_MAX,
    cosignature_message,
    parse_checkpoint,
)
from hanse.mechanisms.journal.encoding import from_base64, has_controls, is_utf8, to_base64

NAME_BYTES_MAX: Final = 255
VKEY_CHARACTERS_MAX: Final = 2_100
KEY_ID_BYTES: Final = 4
TIME_BYTES: Final = 8
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}")

KEY_NAME = ProblemKind(
    "note_key_name_invalid",
    400,
    Text("签名密钥名称无效", "The name of the signing key is not valid"),
    Text("名称须为 1 至 255 字节且不含空白和加号", "1 to 255 bytes without spaces or plus signs"),
)
KEY_MALFORMED = ProblemKind(
    "note_key_malformed",
    400,
    Text("验证公钥格式错误", "The verifier key is malformed"),
    Text("格式为 名称+八位十六进制+Base64", "Write it as name+8 hex digits+base64"),
)
KEY_ID_MISMATCH = ProblemKind(
    "note_key_id_mismatch",
    400,
    Text("公钥标识与公钥不符", "The key id does not belong to the key"),
    Text("请与密钥所有者核对公钥", "Check the key with its owner"),
)
KEY_TYPE = ProblemKind(
    "note_key_type_unsupported",
    400,
    Text("不支持该签名类型", "The signature type is not supported"),
    Text("请使用 Ed25519 或 ML-DSA-44 公钥", "Use an Ed25519 or an ML-DSA-44 key"),
)


class SignatureType(IntEnum):
    """The type byte of a key: what its signatures cover (C2SP signed-note, signature types)."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06

    @property
    def suite(self) -> str:
        """The signature suite of the type's keys."""
        return "ml-dsa-44" if self is SignatureType.COSIGNATURE_ML_DSA_44 else "ed25519"


class Signer(Protocol):
    """A signing key: `foundation.keys.PrivateKey`, or one that signs elsewhere."""

    @property
    def suite(self) -> str:
        """The suite's name: `ed25519` and `ml-dsa-44` can sign notes."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies."""

    def sign(self, message: bytes) -> bytes:
        """The signature over the message."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that a reader trusts: its name, what its signatures cover, and the public key."""

    name: str
    type: SignatureType
    public: PublicKey

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.public.suite != self.type.suite:
            raise KEY_TYPE()

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        named = self.name.encode() + b"\n" + self._material()
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as text, the form that is exchanged and configured."""
        return f"{self.name}+{self.id.hex()}+{to_base64(self._material())}"

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether this key signed the note text; `signature` comes without the key id.

        A cosignature begins with its time, 8 bytes big-endian.
        """
        if self.type is SignatureType.ED25519:
            return self.public.verify(signature, text.encode())
        time_seconds = int.from_bytes(signature[:TIME_BYTES], "big")
        message = self._cosigned_message(text, time_seconds)
        return message is not None and self.public.verify(signature[TIME_BYTES:], message)

    def _cosigned_message(self, text: str, time_seconds: int) -> bytes | None:
        if time_seconds > TIME_SECONDS_MAX:
            return None
        try:
            checkpoint = parse_checkpoint(text)
        except Problem:
            return None
        if self.type is SignatureType.COSIGNATURE_ED25519:
            return cosignature_message(text, time_seconds)
        return checkpoint.subtree_message(self.name, time_seconds)

    def _material(self) -> bytes:
        return bytes([self.type]) + self.public.data


def parse_vkey(vkey: str) -> NoteKey:
    """The key of its text form; a Problem says what is wrong with it, `key_invalid` included."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    if len(vkey) > VKEY_CHARACTERS_MAX or not _KEY_ID.fullmatch(key_id):
        raise KEY_MALFORMED()
    require_name(name)
    try:
        material = from_base64(encoded)
    except ValueError:
        raise KEY_MALFORMED() from None
    if not material:
        raise KEY_MALFORMED()
    if material[0] not in list(SignatureType):
        raise KEY_TYPE()
    kind = SignatureType(material[0])
    key = NoteKey(name, kind, PublicKey(kind.suite, material[1:]))
    if key.id.hex() != key_id:
        raise KEY_ID_MISMATCH()
    return key


def require_name(name: str) -> None:
    """KEY_NAME unless the name can stand in a signature line."""
    spaced = "+" in name or any(character.isspace() for character in name)
    if not is_utf8(name) or not 0 < len(name.encode()) <= NAME_BYTES_MAX:
        raise KEY_NAME()
    if spaced or has_controls(name):
        raise KEY_NAME()
