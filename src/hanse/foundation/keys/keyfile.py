"""The file of one private key: its fields, and how the secret in it is sealed and opened."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from hanse.foundation.errors import Problem
from hanse.foundation.identity import Randomness, base64url, from_base64url
from hanse.foundation.keys.key import PrivateKey, PublicKey

KEY_ID: Final = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}\Z")
KEY_FILE_BYTES_MAX: Final = 16 * 1024
CIPHER_KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
N_MIN: Final = 2**14
N_MAX: Final = 2**20
R_MIN: Final = 8
R_MAX: Final = 16
P_MAX: Final = 16

Base64Url = Annotated[str, Field(max_length=4096, pattern=r"^[A-Za-z0-9_-]*$")]


class WrongPassphraseError(Exception):
    """The passphrase does not open the file, or someone altered the file and its checksum."""


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """The work of guessing a passphrase (RFC 7914): 128 * n * r bytes of memory, p times over.

    ValueError below 2**14, 8, 1 (16 MiB), and above what a node can be asked to spend.
    """

    n: int = 2**15
    r: int = 8
    p: int = 1

    def __post_init__(self) -> None:
        if not (N_MIN <= self.n <= N_MAX and self.n & (self.n - 1) == 0):
            raise ValueError(f"scrypt n must be a power of two from {N_MIN} to {N_MAX}")
        if not (R_MIN <= self.r <= R_MAX and 1 <= self.p <= P_MAX):
            raise ValueError(f"scrypt r must be {R_MIN} to {R_MAX}, p 1 to {P_MAX}")


class Kdf(BaseModel):
    """How the passphrase becomes the cipher's key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Literal["scrypt"]
    n: Annotated[int, Field(ge=N_MIN, le=N_MAX)]
    r: Annotated[int, Field(ge=R_MIN, le=R_MAX)]
    p: Annotated[int, Field(ge=1, le=P_MAX)]
    salt: Base64Url


class KeyFile(BaseModel):
    """The fields of the file. All but `ciphertext` and `checksum` are authenticated with it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    suite: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    public: Base64Url
    created_at: Annotated[str, Field(pattern=r"^[0-9T:.-]{1,30}Z$")]
    kdf: Kdf
    cipher: Literal["aes-256-gcm"]
    nonce: Base64Url
    ciphertext: Base64Url
    checksum: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @classmethod
    def seal(
        cls,
        key_id: str,
        key: PrivateKey,
        passphrase: str,
        created_at: str,
        cost: ScryptCost,
        randomness: Randomness,
    ) -> "KeyFile":
        """Encrypt a key's secret under a passphrase, with fresh salt and nonce."""
        salt, nonce = randomness(SALT_BYTES), randomness(NONCE_BYTES)
        file = cls(
            id=key_id,
            **key.public.as_dict(),
            created_at=created_at,
            kdf=Kdf(name="scrypt", n=cost.n, r=cost.r, p=cost.p, salt=base64url(salt)),
            cipher="aes-256-gcm",
            nonce=base64url(nonce),
            ciphertext="",
            checksum="0" * 64,
        )
        cipher = AESGCM(_cipher_key(passphrase, salt, cost))
        ciphertext = cipher.encrypt(nonce, key.secret, file._authenticated())
        file = file.model_copy(update={"ciphertext": base64url(ciphertext)})
        return file.model_copy(update={"checksum": file._digest()})

    def open(self, passphrase: str) -> bytes:
        """The secret; raises WrongPassphraseError."""
        cost = ScryptCost(self.kdf.n, self.kdf.r, self.kdf.p)
        cipher = AESGCM(_cipher_key(passphrase, from_base64url(self.kdf.salt), cost))
        nonce, ciphertext = from_base64url(self.nonce), from_base64url(self.ciphertext)
        try:
            return cipher.decrypt(nonce, ciphertext, self._authenticated())
        except InvalidTag:
            raise WrongPassphraseError from None

    def public_key(self) -> PublicKey:
        """The public key that the file states."""
        return PublicKey.from_dict({"suite": self.suite, "public": self.public})

    def to_bytes(self) -> bytes:
        """The file's content."""
        return rfc8785.dumps(self.model_dump()) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeyFile":
        """Read a file's content; ValueError where it is not whole."""
        if len(data) > KEY_FILE_BYTES_MAX:
            raise ValueError("too long")
        file = cls.model_validate_json(data)
        if file._digest() != file.checksum:
            raise ValueError("checksum does not match")
        ScryptCost(file.kdf.n, file.kdf.r, file.kdf.p)
        if len(from_base64url(file.kdf.salt)) != SALT_BYTES:
            raise ValueError("salt has a wrong length")
        if len(from_base64url(file.nonce)) != NONCE_BYTES:
            raise ValueError("nonce has a wrong length")
        from_base64url(file.ciphertext)
        try:
            file.public_key()
        except Problem as problem:
            raise ValueError(problem.code) from None
        return file

    def _authenticated(self) -> bytes:
        return rfc8785.dumps(self.model_dump(exclude={"ciphertext", "checksum"}))

    def _digest(self) -> str:
        return hashlib.sha256(rfc8785.dumps(self.model_dump(exclude={"checksum"}))).hexdigest()


def _cipher_key(passphrase: str, salt: bytes, cost: ScryptCost) -> bytes:
    """Derive by scrypt. NFC first: keyboards and systems compose characters differently."""
    text = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt, CIPHER_KEY_BYTES, cost.n, cost.r, cost.p).derive(text)
