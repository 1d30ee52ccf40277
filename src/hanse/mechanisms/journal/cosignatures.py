"""What signers put on a checkpoint: the log its signature, and witnesses their cosignatures.

After C2SP tlog-checkpoint v1.0.0 and tlog-cosignature v1.1.0-rc.1. A cosignature says that, at its
time, this was the largest tree that the witness had seen of the log, and that it extends all
earlier ones. It comes in two types: Ed25519 over the whole text, and ML-DSA-44, which also
names the cosigner.
"""

from collections.abc import Iterable
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.journal.checkpoints import Checkpoint, cosignature_message, parse_checkpoint
from hanse.mechanisms.journal.notes import (
    Note,
    NoteSignature,
    NoteSigner,
    sign_note,
    trusted_signatures,
    verify_note,
)
from hanse.mechanisms.journal.verifier_keys import (
    KEY_TYPE,
    TIME_BYTES,
    NoteKey,
    SignatureType,
    Signer,
)

COSIGNATURE_TYPES: Final = {
    "ed25519": SignatureType.COSIGNATURE_ED25519,
    "ml-dsa-44": SignatureType.COSIGNATURE_ML_DSA_44,
}

ORIGIN_MISMATCH = ProblemKind(
    "checkpoint_origin_mismatch",
    403,
    Text("检查点属于另一日志", "The checkpoint is of another log"),
    Text("请核对日志标识", "Check which log was asked for"),
)
COSIGNER_REUSED = ProblemKind(
    "cosigner_key_reused",
    500,
    Text("同一公钥登记在两个见证方名下", "One public key is registered under two witnesses"),
    Text("每个见证方须使用各自的密钥", "Each witness needs a key of its own"),
)


def sign_checkpoint(checkpoint: Checkpoint, key: Signer, time_seconds: int) -> Note:
    """The checkpoint signed by its log; the key goes by the log's origin.

    An Ed25519 log signs a plain note. An ML-DSA-44 log signs as a cosigner of its own tree,
    for which alone the time, in seconds since 1970, is used.
    """
    if key.suite == "ed25519":
        return sign_note(checkpoint.text(), [NoteSigner(checkpoint.origin, key)])
    signature = cosign(checkpoint, key, checkpoint.origin, time_seconds)
    return Note(checkpoint.text(), (signature,))


def open_checkpoint(note: Note, origin: str, keys: Iterable[NoteKey]) -> Checkpoint:
    """The checkpoint of a note that a key of the log `origin` signed.

    `keys` are those that the reader trusts for this origin and no other.
    """
    verify_note(note, keys)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise ORIGIN_MISMATCH()
    return checkpoint


def cosigner_key(name: str, key: Signer) -> NoteKey:
    """The key that verifies a witness's cosignatures; KEY_TYPE where its suite has no type."""
    kind = COSIGNATURE_TYPES.get(key.suite)
    if kind is None:
        raise KEY_TYPE()
    return NoteKey(name, kind, key.public)


def cosign(checkpoint: Checkpoint, key: Signer, name: str, time_seconds: int) -> NoteSignature:
    """A witness's signature line on the checkpoint, at a time in seconds since 1970.

    The caller has stored the checkpoint as the latest that it cosigned, durably, before this:
    a witness that forgets what it signed can be made to sign a fork. Nor does the caller's time
    go back behind its last cosignature of the log, or the later of two would seem the earlier.
    """
    known = cosigner_key(name, key)
    if known.type is SignatureType.COSIGNATURE_ED25519:
        message = cosignature_message(checkpoint.text(), time_seconds)
    else:
        message = checkpoint.subtree_message(name, time_seconds)
    signature = time_seconds.to_bytes(TIME_BYTES, "big") + key.sign(message)
    return NoteSignature(name, known.id, signature)


def verify_cosignature(
    checkpoint: Checkpoint, key: NoteKey, signature: NoteSignature
) -> int | None:
    """The time of this key's cosignature on the checkpoint; None where it is not one.

    Zero where an ML-DSA-44 cosigner leaves the time out, and so says nothing of what is latest.
    """
    is_named = (signature.name, signature.key_id) == (key.name, key.id)
    if not is_named or key.type not in COSIGNATURE_TYPES.values():
        return None
    if not key.verify(checkpoint.text(), signature.signature):
        return None
    return _time_of(signature)


def cosigned_by(
    note: Note, keys: Iterable[NoteKey], not_after_seconds: int | None = None
) -> dict[str, int]:
    """The witnesses that cosigned the note's checkpoint, each with its latest time.

    A witness with keys of both types is one witness. Not counted: unknown keys, a time of zero,
    and a time after `not_after_seconds`. NOTE_SIGNATURE where a known witness's line does not
    verify; COSIGNER_REUSED where the keys themselves would let one key count twice.
    """
    witnesses = list(keys)
    _require_own_keys(witnesses)
    times: dict[str, int] = {}
    for key, signature in trusted_signatures(note, witnesses):
        time_seconds = _time_of(signature)
        is_early = not_after_seconds is None or time_seconds <= not_after_seconds
        if time_seconds and is_early:
            times[key.name] = max(times.get(key.name, 0), time_seconds)
    return times


def count_cosignatures(
    note: Note, keys: Iterable[NoteKey], not_after_seconds: int | None = None
) -> int:
    """How many distinct witnesses cosigned, for comparison with a quorum; see `cosigned_by`."""
    return len(cosigned_by(note, keys, not_after_seconds))


def _time_of(signature: NoteSignature) -> int:
    return int.from_bytes(signature.signature[:TIME_BYTES], "big")


def _require_own_keys(keys: Iterable[NoteKey]) -> None:
    names: dict[bytes, str] = {}
    for key in keys:
        if key.type not in COSIGNATURE_TYPES.values():
            raise KEY_TYPE()
        if names.setdefault(key.public.data, key.name) != key.name:
            raise COSIGNER_REUSED()
