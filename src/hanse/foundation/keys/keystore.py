"""A folder of private keys, encrypted at rest, one JSON file a key.

A file is written whole or not at all, and never over another: a key that signed evidence must
not vanish, so nothing here deletes or replaces one. The passphrase makes an AES-256-GCM key by
scrypt (RFC 7914); everything else in the file is authenticated with the secret, so that no field
can be exchanged. The checksum is no protection: it tells a damaged disk from a wrong passphrase.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from hanse.foundation.clock import iso
from hanse.foundation.errors import ProblemKind
from hanse.foundation.identity import Randomness, system_randomness
from hanse.foundation.keys.key import PrivateKey, PublicKey, from_secret
from hanse.foundation.keys.keyfile import (
    KEY_FILE_BYTES_MAX,
    KEY_ID,
    KeyFile,
    ScryptCost,
    WrongPassphraseError,
)
from hanse.foundation.languages import Text

SUFFIX: Final = ".json"
RETIRED_SUFFIX: Final = ".retired"
PASSPHRASE_CHARS_MIN: Final = 8
PASSPHRASE_CHARS_MAX: Final = 1024

KEY_ID_INVALID = ProblemKind(
    "key_id_invalid",
    400,
    Text("密钥编号不合法", "The key's id is not valid"),
    Text(
        "请使用 1 至 64 个小写字母、数字、点、下划线或连字符，并以字母或数字开头",
        "Use 1 to 64 lower-case letters, digits, dots, underscores or hyphens, "
        "beginning with a letter or digit",
    ),
)
KEY_NOT_FOUND = ProblemKind(
    "key_not_found",
    404,
    Text("没有该密钥", "There is no such key"),
    Text("请查看密钥列表，或导入密钥 {key_id}", "Look at the list of keys, or add key {key_id}"),
    detail=Text("密钥库中没有密钥 {key_id}", "The keystore has no key {key_id}"),
)
KEY_EXISTS = ProblemKind(
    "key_exists",
    409,
    Text("密钥编号已被使用", "The key's id is taken"),
    Text(
        "请换一个编号；停用的密钥仍占用其编号",
        "Choose another id; a retired key keeps its id",
    ),
    detail=Text("密钥 {key_id} 已存在", "Key {key_id} exists already"),
)
KEY_PASSPHRASE_WRONG = ProblemKind(
    "key_passphrase_wrong",
    401,
    Text("密钥口令不正确", "The key's passphrase is wrong"),
    Text(
        "请重新输入口令；如口令无误，则密钥文件已被人改动，请从备份恢复",
        "Enter the passphrase again; if it is right, someone has altered the key's file: "
        "restore it from a backup",
    ),
    detail=Text("无法用该口令打开密钥 {key_id}", "This passphrase does not open key {key_id}"),
)
KEY_PASSPHRASE_UNFIT = ProblemKind(
    "key_passphrase_unfit",
    400,
    Text("口令不合要求", "The passphrase is not fit for use"),
    Text(
        "口令应为 {chars_min} 至 {chars_max} 个字符",
        "A passphrase has {chars_min} to {chars_max} characters",
    ),
)
KEY_FILE_DAMAGED = ProblemKind(
    "key_file_damaged",
    500,
    Text("密钥文件已损坏", "The key's file is damaged"),
    Text("请从备份恢复该文件", "Restore the file from a backup"),
    detail=Text("密钥 {key_id} 的文件已损坏", "The file of key {key_id} is damaged"),
)


@dataclass(frozen=True, slots=True)
class KeyDescription:
    """What may be told of a stored key. `created_at` is RFC 3339 in UTC."""

    id: str
    public: PublicKey
    created_at: str
    retired: bool


class Keystore:
    """The keys in one folder, which is made when the first key is added."""

    def __init__(
        self,
        folder: Path,
        cost: ScryptCost | None = None,
        randomness: Randomness = system_randomness,
    ) -> None:
        self._folder = folder
        self._cost = cost or ScryptCost()
        self._randomness = randomness

    def add(self, key_id: str, key: PrivateKey, passphrase: str, now: datetime) -> None:
        """Store a key durably; when this returns, it survives a power cut.

        Raises `key_exists` for an id that is or was in use, `key_id_invalid`,
        `key_passphrase_unfit`.
        """
        path = self._path(key_id)
        if not PASSPHRASE_CHARS_MIN <= len(passphrase) <= PASSPHRASE_CHARS_MAX:
            raise KEY_PASSPHRASE_UNFIT(
                chars_min=PASSPHRASE_CHARS_MIN, chars_max=PASSPHRASE_CHARS_MAX
            )
        if path.exists() or _retired(path).exists():
            raise KEY_EXISTS(key_id=key_id)
        sealed = KeyFile.seal(key_id, key, passphrase, iso(now), self._cost, self._randomness)
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(self._folder.parent)
        try:
            self._write_new(path, sealed.to_bytes())
        except FileExistsError:
            raise KEY_EXISTS(key_id=key_id) from None

    def load(self, key_id: str, passphrase: str) -> PrivateKey:
        """The key, opened. A retired key is not loaded.

        Raises `key_not_found`, `key_passphrase_wrong`, `key_file_damaged`, `key_id_invalid`.
        """
        file = self._read(self._path(key_id), key_id)
        try:
            secret = file.open(passphrase)
        except WrongPassphraseError:
            raise KEY_PASSPHRASE_WRONG(key_id=key_id) from None
        key = from_secret(file.suite, secret)
        if key.public != file.public_key():
            raise KEY_FILE_DAMAGED(key_id=key_id)
        return key

    def list(self) -> tuple[KeyDescription, ...]:
        """Every stored key by id, the retired ones too. Raises `key_file_damaged`."""
        if not self._folder.is_dir():
            return ()
        found = []
        for path in sorted(self._folder.iterdir()):
            retired = path.name.endswith(SUFFIX + RETIRED_SUFFIX)
            if not retired and not path.name.endswith(SUFFIX):
                continue
            key_id = path.name.removesuffix(RETIRED_SUFFIX).removesuffix(SUFFIX)
            file = self._read(path, key_id)
            found.append(KeyDescription(key_id, file.public_key(), file.created_at, retired))
        return tuple(found)

    def retire(self, key_id: str) -> None:
        """Put a key out of use. Its file stays under another name. Raises `key_not_found`."""
        path = self._path(key_id)
        try:
            path.rename(_retired(path))
        except FileNotFoundError:
            raise KEY_NOT_FOUND(key_id=key_id) from None
        _sync(self._folder)

    def _path(self, key_id: str) -> Path:
        if not KEY_ID.fullmatch(key_id):
            raise KEY_ID_INVALID()
        return self._folder / (key_id + SUFFIX)

    def _read(self, path: Path, key_id: str) -> KeyFile:
        try:
            with path.open("rb") as stream:
                data = stream.read(KEY_FILE_BYTES_MAX + 1)
        except FileNotFoundError:
            raise KEY_NOT_FOUND(key_id=key_id) from None
        try:
            file = KeyFile.from_bytes(data)
        except ValueError:
            raise KEY_FILE_DAMAGED(key_id=key_id) from None
        if file.id != key_id:
            raise KEY_FILE_DAMAGED(key_id=key_id)
        return file

    def _write_new(self, path: Path, data: bytes) -> None:
        """Write `path` at once and for good; FileExistsError where it is there.

        A link, unlike a rename, refuses to take the place of another file.
        """
        with self._temporary(path) as temporary:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            path.hardlink_to(temporary)
        _sync(self._folder)

    @contextmanager
    def _temporary(self, path: Path) -> Iterator[Path]:
        temporary = path.with_name(f".{path.name}.{self._randomness(8).hex()}.tmp")
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _retired(path: Path) -> Path:
    return path.with_name(path.name + RETIRED_SUFFIX)
