"""What counts as evidence, and in which order an agency may look for it (article 26)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.services.social.retirees.codes import LEGAL_ORDER, Channel, EvidenceKind
from hanse.services.social.retirees.parameters import RetireesParameters

EVIDENCE_PROVES_NO_PRESENCE = ProblemKind(
    "retirees_evidence_proves_no_presence",
    422,
    Text("该记录不能证明本人到场", "The record does not prove that the person was there"),
    Text(
        "可采信的证据：{kinds_zh}",
        "Evidence that counts: {kinds_en}",
    ),
)
EVIDENCE_SUGGESTS_LOSS = ProblemKind(
    "retirees_evidence_suggests_loss",
    409,
    Text("该记录提示可能丧失领取资格", "The record suggests that the entitlement is lost"),
    Text("请转入核查，核实前不停发", "Investigate; payment goes on until the loss is confirmed"),
)
EVIDENCE_IN_FUTURE = ProblemKind(
    "retirees_evidence_in_future",
    422,
    Text("证据日期晚于今天", "The evidence is dated after today"),
    Text("请核对证据日期", "Check the day of the evidence"),
)
EVIDENCE_OLDER = ProblemKind(
    "retirees_evidence_older",
    409,
    Text("证据早于已有认证", "The evidence is older than the last certification"),
    Text("无须处理，已有更新的证据", "Nothing to be done: there is newer evidence"),
)
EVIDENCE_CHANNEL_WRONG = ProblemKind(
    "retirees_evidence_channel_wrong",
    422,
    Text("证据种类与认证方式不符", "This channel cannot give that kind of evidence"),
    Text("{channel_zh}可提供：{kinds_zh}", "By {channel_en}: {kinds_en}"),
)
FACE_SCORE_LOW = ProblemKind(
    "retirees_face_score_low",
    422,
    Text("人脸识别得分不足", "The face was not recognised surely enough"),
    Text(
        "得分须不低于{least}，请重新识别或当面核实",
        "At least {least} of 100 is needed: try again, or verify in person",
    ),
)
CHANNEL_OUT_OF_ORDER = ProblemKind(
    "retirees_channel_out_of_order",
    409,
    Text("应先采用前序认证方式", "Another channel comes first"),
    Text("请先进行{next_zh}", "First try: {next_en}"),
)

_BIOMETRIC: Final = frozenset({EvidenceKind.FACE, EvidenceKind.FINGERPRINT})
OF_CHANNEL: Final = {
    Channel.COMPARISON: frozenset(EvidenceKind) - _BIOMETRIC - {EvidenceKind.IN_PERSON},
    Channel.SELF_SERVICE: _BIOMETRIC,
    Channel.DELEGATED: _BIOMETRIC | {EvidenceKind.IN_PERSON},
    Channel.VISIT: _BIOMETRIC | {EvidenceKind.IN_PERSON},
}
"""What each channel can bring."""
SUGGESTS_LOSS: Final = frozenset({EvidenceKind.DEATH, EvidenceKind.CREMATION, EvidenceKind.PRISON})


@dataclass(frozen=True)
class Seen:
    """One piece of evidence. `face_score` of 100, where a face was compared."""

    kind: EvidenceKind
    channel: Channel
    on: date
    face_score: int | None = None


def check_evidence(
    seen: Seen, last_evidence: date, today: date, parameters: RetireesParameters
) -> None:
    """Refuse what does not certify: it changes nothing, whoever sent it."""
    if seen.kind not in OF_CHANNEL[seen.channel]:
        kinds = _named(OF_CHANNEL[seen.channel])
        channel = seen.channel.text
        raise EVIDENCE_CHANNEL_WRONG(
            channel_zh=channel.zh, channel_en=channel.en, kinds_zh=kinds.zh, kinds_en=kinds.en
        )
    if seen.kind in SUGGESTS_LOSS:
        raise EVIDENCE_SUGGESTS_LOSS()
    if seen.kind not in parameters.presence:
        kinds = _named(parameters.presence)
        raise EVIDENCE_PROVES_NO_PRESENCE(kinds_zh=kinds.zh, kinds_en=kinds.en)
    if seen.on > today:
        raise EVIDENCE_IN_FUTURE()
    if seen.kind is EvidenceKind.FACE and (seen.face_score or 0) < parameters.face_score_min:
        raise FACE_SCORE_LOW(least=parameters.face_score_min)
    if seen.on <= last_evidence:
        raise EVIDENCE_OLDER()


def next_channel(tried: Iterable[Channel]) -> Channel | None:
    """What the agency may do next; None where every channel was tried."""
    done = frozenset(tried)
    return next((one for one in LEGAL_ORDER if one not in done), None)


def check_channel(wanted: Channel, tried: Iterable[Channel]) -> None:
    """Refuse a channel before those that the law puts first have found nothing.

    Comparison and self-service burden nobody; a delegate or a visit comes only after both.
    """
    done = frozenset(tried)
    first = next_channel(done)
    if first is not None and LEGAL_ORDER.index(wanted) > LEGAL_ORDER.index(first):
        raise CHANNEL_OUT_OF_ORDER(next_zh=first.text.zh, next_en=first.text.en)


def _named(kinds: Iterable[EvidenceKind]) -> Text:
    held = frozenset(kinds)
    ordered = [kind.text for kind in EvidenceKind if kind in held]
    return Text("、".join(one.zh for one in ordered), ", ".join(one.en for one in ordered))
