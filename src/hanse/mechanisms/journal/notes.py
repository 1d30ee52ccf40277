"""Signed notes, after C2SP signed-note v1.0.0: a text, a blank line, and signature lines.

    — <key name> base64(4-byte key id || signature)

A note is trusted only through a key that the reader was configured with, never through anything
that the note itself brings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.journal.encoding import from_base64, has_controls, is_utf8, to_base64
from hanse.mechanisms.journal.verifier_keys import (
    KEY_ID_BYTES,
    KEY_TYPE,
    NoteKey,
    SignatureType,
    Signer,
    require_name,
)

NOTE_BYTES_MAX: Final = 262_144
SIGNATURES_MAX: Final = 64
"""The standard asks for 16 at least; eight cities may each sign with two algorithms."""
SIGNATURE_BYTES_MAX: Final = 8_192
_MARK: Final = "— "

_RESEND = Text("请向签发方重新索取", "Fetch it again from who issued it")
NOTE_TOO_LARGE = ProblemKind(
    "note_too_large",
    413,
    Text("签名文本过大", "The signed note is too large"),
    Text("签名文本至多 262144 字节", "A note has at most 262144 bytes"),
)
NOTE_NOT_UTF8 = ProblemKind(
    "note_not_utf8", 400, Text("签名文本不是 UTF-8", "The note is not UTF-8"), _RESEND
)
NOTE_TEXT = ProblemKind(
    "note_text_invalid",
    400,
    Text("签名文本的正文无效", "The text of the note is not valid"),
    Text(
        "正文须以换行结束，且不含其他控制字符",
        "The text ends with a newline and holds no other control character",
    ),
)
NOTE_UNSIGNED = ProblemKind(
    "note_signatures_missing",
    400,
    Text("签名文本没有签名行", "The note has no signature lines"),
    Text("正文后须有空行和签名行", "A blank line and signature lines follow the text"),
)
NOTE_SIGNATURE_LINE = ProblemKind(
    "note_signature_line_malformed",
    400,
    Text("签名行格式错误", "A signature line is malformed"),
    Text("格式为 “— 名称 Base64”", "Write it as “— name base64”"),
)
NOTE_SIGNATURES_MAX = ProblemKind(
    "note_signatures_too_many",
    400,
    Text("签名行过多", "The note has too many signatures"),
    Text("至多 64 个签名", "At most 64 signatures"),
)
NOTE_KEYS_AMBIGUOUS = ProblemKind(
    "note_keys_ambiguous",
    500,
    Text("两个不同的公钥名称和标识相同", "Two different keys share a name and an id"),
    Text("请更换其中一个密钥", "Replace one of the two keys"),
)
NOTE_SIGNATURE = ProblemKind(
    "note_signature_invalid",
    403,
    Text("已知密钥的签名不成立", "A signature of a known key does not verify"),
    _RESEND,
    detail=Text("密钥 {name} 的签名不成立", "The signature of key {name} does not verify"),
)
NOTE_UNVERIFIED = ProblemKind(
    "note_unverified",
    403,
    Text("没有受信任密钥的签名", "No trusted key signed the note"),
    Text("请核对章程中登记的密钥", "Check the keys registered in the charter"),
)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line. `signature` is what follows the key id: with its time, if it has one."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        require_name(self.name)
        if len(self.key_id) != KEY_ID_BYTES or not 0 < len(self.signature) <= SIGNATURE_BYTES_MAX:
            raise NOTE_SIGNATURE_LINE()

    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_MARK}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures. Nothing is verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        _require_text(self.text)
        if not self.signatures:
            raise NOTE_UNSIGNED()
        if len(self.signatures) > SIGNATURES_MAX:
            raise NOTE_SIGNATURES_MAX()

    def encode(self) -> bytes:
        """The note's bytes; NOTE_TOO_LARGE past the limit that readers keep."""
        lines = "".join(signature.line() for signature in self.signatures)
        data = f"{self.text}\n{lines}".encode()
        if len(data) > NOTE_BYTES_MAX:
            raise NOTE_TOO_LARGE()
        return data

    def with_signatures(self, more: Iterable[NoteSignature]) -> "Note":
        """The same text with further signatures; a key's new line replaces its earlier one."""
        lines = {(one.name, one.key_id): one for one in (*self.signatures, *more)}
        return Note(self.text, tuple(lines.values()))


class NoteSigner(NamedTuple):
    """A signing key under the name by which readers know it."""

    name: str
    key: Signer


class Verified(NamedTuple):
    """A signature that verified, and the trusted key that it verified with."""

    key: NoteKey
    signature: NoteSignature


def parse_note(data: bytes) -> Note:
    """The note of these bytes, unverified; a Problem says what is wrong with its form."""
    if len(data) > NOTE_BYTES_MAX:
        raise NOTE_TOO_LARGE()
    text, blank, lines = _decoded(data).rpartition("\n\n")
    if not blank:
        raise NOTE_UNSIGNED()
    return Note(text + "\n", _parsed_lines(lines))


def parse_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Signature lines that stand alone, as a witness answers them."""
    if len(data) > NOTE_BYTES_MAX:
        raise NOTE_TOO_LARGE()
    return _parsed_lines(_decoded(data))


def plain_key(signer: NoteSigner) -> NoteKey:
    """The key that verifies the signer's plain notes; KEY_TYPE unless its suite is Ed25519."""
    if signer.key.suite != "ed25519":
        raise KEY_TYPE()
    return NoteKey(signer.name, SignatureType.ED25519, signer.key.public)


def sign_note(text: str, signers: Sequence[NoteSigner]) -> Note:
    """The text with a plain Ed25519 signature of each signer, in their order."""
    _require_text(text)
    signatures = [
        NoteSignature(signer.name, plain_key(signer).id, signer.key.sign(text.encode()))
        for signer in signers
    ]
    return Note(text, tuple(signatures))


def verify_note(note: Note, keys: Iterable[NoteKey]) -> list[Verified]:
    """The signatures of trusted keys, as `trusted_signatures`, and at least one of them.

    NOTE_UNVERIFIED where no trusted key signed the note.
    """
    verified = trusted_signatures(note, keys)
    if not verified:
        raise NOTE_UNVERIFIED()
    return verified


def trusted_signatures(note: Note, keys: Iterable[NoteKey]) -> list[Verified]:
    """The signatures of trusted keys, in the note's order; all other lines are ignored.

    NOTE_SIGNATURE where a line names a trusted key and does not verify: someone tampered with
    such a note, and none of it is to be believed.
    """
    trusted = _by_name_and_id(keys)
    verified = []
    for signature in note.signatures:
        key = trusted.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verify(note.text, signature.signature):
            raise NOTE_SIGNATURE(name=key.name)
        verified.append(Verified(key, signature))
    return verified


def _by_name_and_id(keys: Iterable[NoteKey]) -> dict[tuple[str, bytes], NoteKey]:
    trusted: dict[tuple[str, bytes], NoteKey] = {}
    for key in keys:
        if trusted.setdefault((key.name, key.id), key) != key:
            raise NOTE_KEYS_AMBIGUOUS()
    return trusted


def _require_text(text: str) -> None:
    if not is_utf8(text):
        raise NOTE_NOT_UTF8()
    if not text.endswith("\n") or has_controls(text, allowed="\n"):
        raise NOTE_TEXT()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NOTE_NOT_UTF8() from None


def _parsed_lines(text: str) -> tuple[NoteSignature, ...]:
    lines = text.split("\n")
    if lines.pop() != "":
        raise NOTE_SIGNATURE_LINE()
    if not lines:
        raise NOTE_UNSIGNED()
    if len(lines) > SIGNATURES_MAX:
        raise NOTE_SIGNATURES_MAX()
    return tuple(_parsed_line(line) for line in lines)


def _parsed_line(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not space:
        raise NOTE_SIGNATURE_LINE()
    try:
        data = from_base64(encoded)
    except ValueError:
        raise NOTE_SIGNATURE_LINE() from None
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])
