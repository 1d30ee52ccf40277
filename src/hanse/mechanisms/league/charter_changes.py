"""How one charter follows another: nobody rules the league, so everybody checks every step.

A node trusts one thing unsigned, the digest of the first charter. Every later version must be the
next one, name its predecessor's digest, and be signed by at least the predecessor's threshold of
the predecessor's members. Whoever gains a key must also sign with it: nobody is joined against
their will, and no key stands in a charter that its city does not hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hanse.foundation.errors import ProblemKind
from hanse.foundation.keys import PublicKey
from hanse.foundation.languages import Text
from hanse.mechanisms.league.charter import (
    CHARTER_KEY_SHARED,
    Charter,
    KeyUse,
    Member,
    MemberKey,
    SignedCharter,
)
from hanse.mechanisms.league.documents import twice_signed

_GATHER = Text(
    "请向尚未签署的成员征集签名", "Gather signatures of the members that have not signed"
)
_FETCH = Text("请获取联盟现行章程后重新提出修订", "Fetch the current charter and propose again")

CHARTER_UNSIGNED = ProblemKind(
    "charter_unsigned", 403, Text("章程没有任何签名", "The charter bears no signature"), _GATHER
)
CHARTER_BELOW_THRESHOLD = ProblemKind(
    "charter_below_threshold",
    403,
    Text("签署章程的成员不足", "Too few members have signed the charter"),
    Text("尚未签署：{missing}", "Not yet signed by {missing}"),
    detail=Text(
        "已有 {signed} 个成员签署，需要 {needed} 个", "{signed} members have signed, {needed} must"
    ),
)
CHARTER_POSSESSION_UNPROVEN = ProblemKind(
    "charter_possession_unproven",
    403,
    Text("新密钥尚未签署章程", "A new key has not signed the charter"),
    Text("请由该城市用以下新密钥签署：{keys}", "The city signs with these new keys: {keys}"),
)
CHARTER_ROLLED_BACK = ProblemKind(
    "charter_rolled_back",
    409,
    Text("章程版本低于现行版本", "The charter is older than the current one"),
    Text("现行版本为 {current}，无须处理", "The current version is {current}; nothing to be done"),
)
CHARTER_FORKED = ProblemKind(
    "charter_forked",
    409,
    Text("存在同一版本的两份不同章程", "There are two different charters of one version"),
    Text(
        "请立即联系各成员核对第 {version} 版的签名：同时签署两份者违反章程",
        "Call the other members now and compare the signatures of version {version}: "
        "who signed both has broken the charter",
    ),
    detail=Text(
        "现行 {current}，另一份 {proposed}", "Held is {current}, the other one is {proposed}"
    ),
)
CHARTER_VERSION_GAP = ProblemKind(
    "charter_version_gap",
    409,
    Text("章程版本不连续", "Versions of the charter are missing"),
    Text("请先提交第 {expected} 版", "Submit version {expected} first"),
)
CHARTER_PREVIOUS_MISMATCH = ProblemKind(
    "charter_previous_mismatch",
    409,
    Text("章程所载上一版与现行版本不符", "The charter follows another version than the current"),
    _FETCH,
)
CHARTER_LEAGUE_CHANGED = ProblemKind(
    "charter_league_changed",
    409,
    Text("章程属于另一联盟", "The charter is another league's"),
    Text("本节点所属联盟为 {league}", "This node belongs to the league {league}"),
)
CHARTER_GENESIS_UNKNOWN = ProblemKind(
    "charter_genesis_unknown",
    403,
    Text("第一版章程与本节点所信任的摘要不符", "The first charter is not the one trusted here"),
    Text(
        "请与各成员当面核对摘要 {digest}，一致后写入节点配置 genesis_digest",
        "Compare the digest {digest} with the members in person, then set genesis_digest",
    ),
)
CHARTER_EXPIRED = ProblemKind(
    "charter_expired",
    403,
    Text("章程已失效", "The charter has expired"),
    Text("请各成员签署新版章程", "The members sign a new version"),
    detail=Text("第 {version} 版已于 {until} 失效", "Version {version} expired at {until}"),
)
CHARTER_NOT_YET_VALID = ProblemKind(
    "charter_not_yet_valid",
    409,
    Text("章程尚未生效", "The charter is not yet valid"),
    Text("请于 {valid_from} 之后再提交", "Submit it again after {valid_from}"),
    retry=True,
)
CHARTER_BACKDATED = ProblemKind(
    "charter_backdated",
    409,
    Text("章程制定时间早于上一版", "The charter is issued before the version that it follows"),
    _FETCH,
)
CHARTER_KEY_ID_REUSED = ProblemKind(
    "charter_key_id_reused",
    422,
    Text("密钥编号不得改用于另一公钥", "A key id may not pass to another public key"),
    Text("请为新密钥使用新的编号", "Give the new key a new id"),
    detail=Text("密钥编号 {key}", "The key id is {key}"),
)
CHARTER_SIGNATURE_WRONG = ProblemKind(
    "charter_signature_wrong",
    403,
    Text("章程签名验证失败", "A signature of the charter does not verify"),
    Text("请该城市重新签署", "The city signs again"),
    detail=Text("{city} 以密钥 {key} 所作签名无效", "That of {city} by key {key} is wrong"),
)
CHARTER_SIGNER_UNKNOWN = ProblemKind(
    "charter_signer_unknown",
    403,
    Text("章程签名者无权签署", "A signer of the charter has no right to sign it"),
    Text(
        "仅上一版所载、当时有效且可签署章程的密钥，以及新增的密钥，可以签署",
        "Only keys for charters of the previous version, valid then, and new keys may sign",
    ),
    detail=Text("{city} 的密钥 {key}", "Key {key} of {city}"),
)
CHARTER_SIGNED_TWICE = ProblemKind(
    "charter_signed_twice",
    422,
    Text("同一密钥重复签署", "A key has signed twice"),
    Text("请删去重复的签名", "Remove the repeated signature"),
    detail=Text("{city} 的密钥 {key}", "Key {key} of {city}"),
)


@dataclass(frozen=True)
class Tally:
    """Where the gathering of signatures stands. Every signature counted here was verified."""

    signed: frozenset[str]
    """Cities whose signature counts towards the threshold."""
    needed: int
    missing: tuple[str, ...]
    """Cities that may still sign, in the charter's order."""
    unproven: tuple[str, ...]
    """New keys that have not signed, as `city/key`."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing more has to be gathered."""
        return len(self.signed) >= self.needed and not self.unproven


def accept(
    current: SignedCharter | None,
    proposed: SignedCharter,
    at: datetime,
    genesis_digest: str | None,
) -> Charter:
    """The proposed charter, if it may take the current one's place at this instant.

    The identical charter again is accepted again. Nothing is changed here: a refusal (any kind
    that this module declares) leaves the caller with `current`.
    """
    return accept_all(current, [proposed], at, genesis_digest).document


def accept_all(
    current: SignedCharter | None,
    proposed: Sequence[SignedCharter],
    at: datetime,
    genesis_digest: str | None,
) -> SignedCharter:
    """The last of several versions, each following the one before: what a late node catches up.

    Only the last one must be valid at this instant; those before it may have expired since.
    Raises ValueError where nothing is proposed.
    """
    if not proposed:
        raise ValueError("no charter is proposed")
    last = current
    for one in proposed:
        last = one if _follows(last, one, genesis_digest) else last
    assert last is not None  # noqa: S101 - the loop ran: something is proposed
    _check_dates(last.document, at)
    return last


def tally(current: SignedCharter | None, proposed: SignedCharter) -> Tally:
    """Verify the signatures of a proposal and count them; None means a league's first charter.

    Raises `charter_signed_twice`, `charter_signer_unknown`, `charter_signature_wrong`,
    `charter_key_id_reused`, `charter_key_shared`.
    """
    repeated = twice_signed(proposed.signatures)
    if repeated is not None:
        raise CHARTER_SIGNED_TWICE(city=repeated.city, key=repeated.key)
    charter = proposed.document
    before = charter if current is None else current.document
    _check_keys_stay(before, charter)
    added = {(city, key.id): key for city, key in _new_keys(current, charter)}
    message = charter.signed_bytes()
    signed: set[str] = set()
    proven: set[tuple[str, str]] = set()
    for one in proposed.signatures:
        named = {"city": one.city, "key": one.key}
        voting = _voting_key(before, one.city, one.key, charter.issued_at)
        new = added.get((one.city, one.key))
        key = voting or new
        if key is None:
            raise CHARTER_SIGNER_UNKNOWN(**named)
        if not one.verifies(key.public_key, message):
            raise CHARTER_SIGNATURE_WRONG(**named)
        if voting is not None:
            signed.add(one.city)
        if new is not None:
            proven.add((one.city, one.key))
    return Tally(
        signed=frozenset(signed),
        needed=len(charter.members) if current is None else before.threshold,
        missing=tuple(city for city in before.cities if city not in signed),
        unproven=tuple(f"{city}/{key}" for city, key in added if (city, key) not in proven),
    )


def _follows(
    current: SignedCharter | None, proposed: SignedCharter, genesis_digest: str | None
) -> bool:
    """Whether the proposal is a step forward; False where it is what is held. Raises refusals."""
    if current is None:
        _check_first(proposed, genesis_digest)
    elif current.digest == proposed.digest:
        return False
    else:
        _check_next(current, proposed)
    if not proposed.signatures:
        raise CHARTER_UNSIGNED()
    count = tally(current, proposed)
    if len(count.signed) < count.needed:
        raise CHARTER_BELOW_THRESHOLD(
            signed=len(count.signed), needed=count.needed, missing=", ".join(count.missing)
        )
    if count.unproven:
        raise CHARTER_POSSESSION_UNPROVEN(keys=", ".join(count.unproven))
    return True


def _check_first(proposed: SignedCharter, genesis_digest: str | None) -> None:
    if proposed.document.version != 1:
        raise CHARTER_VERSION_GAP(expected=1)
    if proposed.digest != genesis_digest:
        raise CHARTER_GENESIS_UNKNOWN(digest=proposed.digest)


def _check_next(current: SignedCharter, proposed: SignedCharter) -> None:
    old, new = current.document, proposed.document
    if new.league != old.league:
        raise CHARTER_LEAGUE_CHANGED(league=old.league)
    if new.version < old.version:
        raise CHARTER_ROLLED_BACK(current=old.version)
    if new.version == old.version:
        raise CHARTER_FORKED(version=old.version, current=current.digest, proposed=proposed.digest)
    if new.version > old.version + 1:
        raise CHARTER_VERSION_GAP(expected=old.version + 1)
    if new.previous != current.digest:
        raise CHARTER_PREVIOUS_MISMATCH()
    if new.issued_at < old.issued_at:
        raise CHARTER_BACKDATED()


def _check_keys_stay(old: Charter, new: Charter) -> None:
    """A public key and its name belong together for ever, or old evidence changes its meaning."""
    holders = {key.public_key: f"{one.city}/{key.id}" for one in old.members for key in one.keys}
    publics = {holder: public for public, holder in holders.items()}
    for member in new.members:
        for key in member.keys:
            holder = f"{member.city}/{key.id}"
            if publics.get(holder, key.public_key) != key.public_key:
                raise CHARTER_KEY_ID_REUSED(key=holder)
            if holders.get(key.public_key, holder) != holder:
                raise CHARTER_KEY_SHARED(first=holders[key.public_key], second=holder)


def _check_dates(charter: Charter, at: datetime) -> None:
    if at < charter.valid_from:
        raise CHARTER_NOT_YET_VALID(valid_from=charter.valid_from.isoformat())
    if at >= charter.valid_until:
        raise CHARTER_EXPIRED(version=charter.version, until=charter.valid_until.isoformat())


def _new_keys(current: SignedCharter | None, charter: Charter) -> Iterator[tuple[str, MemberKey]]:
    for member in charter.members:
        known = set() if current is None else _publics(current.document.cities.get(member.city))
        for key in member.keys:
            if key.public_key not in known:
                yield member.city, key


def _publics(member: Member | None) -> set[PublicKey]:
    return set() if member is None else {key.public_key for key in member.keys}


def _voting_key(before: Charter, city: str, key_id: str, at: datetime) -> MemberKey | None:
    member = before.cities.get(city)
    key = None if member is None else member.key(key_id)
    if key is None or KeyUse.CHARTER not in key.uses or not key.is_valid(at):
        return None
    return key
