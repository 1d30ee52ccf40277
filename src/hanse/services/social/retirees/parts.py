"""What a retiree sees: how the entitlement stands, and the certificate that any city checks."""

from collections.abc import Sequence
from typing import Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import FaceCall, Outcome, Refused
from hanse.mechanisms.exchange.parts import Block, Facts, Part, Place, Viewer, Words
from hanse.services.social.retirees.certificate import Certificate
from hanse.services.social.retirees.contracts import EntitlementState

NOT_HERE: Final = Text("本市未向您发放退休待遇。", "This city pays you no retirement benefit.")
NOT_ISSUED: Final = Text("未能签发：", "It could not be issued: ")


def _ask(viewer: Viewer) -> Sequence[FaceCall]:
    return [FaceCall("retirees.state", {"citizen_id": viewer.person})]


def _show(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    (outcome,) = outcomes
    if outcome is None or isinstance(outcome, Refused):
        return [Words(NOT_HERE)]
    state = EntitlementState.model_validate(outcome)
    return [
        Facts(
            Text("领取资格", "Entitlement"),
            (
                (Text("状态", "Standing"), state.standing.text),
                (Text("最近认证", "Last certified by evidence of"), state.last_evidence),
                (Text("下次认证截止", "To be certified by"), state.due_on),
                (
                    Text("下一认证方式", "Next way"),
                    None if state.next_channel is None else state.next_channel.text,
                ),
            ),
        )
    ]


def _ask_certificate(viewer: Viewer) -> Sequence[FaceCall]:
    return [FaceCall("retirees.certificate", {"citizen_id": viewer.person})]


def _show_certificate(
    viewer: Viewer, calls: Sequence[FaceCall], outcomes: Sequence[Outcome]
) -> Sequence[Block]:
    (outcome,) = outcomes
    if outcome is None or isinstance(outcome, Refused):
        texts = {} if outcome is None else outcome.problem.get("texts", {})
        title = texts.get("title")
        if not title:
            return [Words(NOT_HERE)]
        return [Words(Text(NOT_ISSUED.zh + title["zh"], NOT_ISSUED.en + title["en"]))]
    made = Certificate.model_validate(outcome)
    return [
        Facts(
            Text("领取资格电子凭证", "Certificate of entitlement"),
            (
                (Text("有效至", "Valid until"), made.expires_on),
                (Text("凭证内容", "Certificate"), made.credential),
            ),
        ),
        Words(
            Text(
                "请自行保存。任何人可在门户的“核验”页面核对；再次签发后，此前签发的即失效。",
                "Keep it. Anybody can check it under “Verify”; a new one ends the one before.",
            )
        ),
    ]


RESIDENT: Final = Part(
    name="retirees",
    title=Text("退休待遇资格", "Retirement benefits"),
    place=Place.RESIDENT,
    operations=("retirees.state",),
    ask=_ask,
    show=_show,
)
CERTIFICATE: Final = Part(
    name="retirees_certificate",
    title=Text("领取资格电子凭证", "Certificate of entitlement"),
    place=Place.RESIDENT,
    operations=("retirees.certificate",),
    ask=_ask_certificate,
    show=_show_certificate,
    is_on_request=True,
)
