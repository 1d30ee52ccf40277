"""What a retiree sees: how the entitlement stands, and the certificate that any city checks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.faces import Refused
from hanse.mechanisms.exchange.parts import Block, Facts, Place, Viewer, Words, part_of_one_call
from hanse.services.social.retirees.certificate import Certificate
from hanse.services.social.retirees.contracts import EntitlementState

NOT_HERE: Final = Text("本市未向您发放退休待遇。", "This city pays you no retirement benefit.")
NOT_ISSUED: Final = Text("未能签发：", "It could not be issued: ")


def _show(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    state = EntitlementState.model_validate(answer)
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


def _show_certificate(viewer: Viewer, answer: Mapping[str, Any]) -> Sequence[Block]:
    made = Certificate.model_validate(answer)
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


def _not_issued(refused: Refused | None) -> Text:
    """Why there is no certificate."""
    texts = {} if refused is None else refused.problem.get("texts", {})
    title = texts.get("title")
    return Text(NOT_ISSUED.zh + title["zh"], NOT_ISSUED.en + title["en"]) if title else NOT_HERE


RESIDENT: Final = part_of_one_call(
    "retirees",
    Text("退休待遇资格", "Retirement benefits"),
    Place.RESIDENT,
    "retirees.state",
    ask=lambda viewer: {"citizen_id": viewer.person},
    show=_show,
    otherwise=lambda refused: [Words(NOT_HERE)],
)
CERTIFICATE: Final = part_of_one_call(
    "retirees_certificate",
    Text("领取资格电子凭证", "Certificate of entitlement"),
    Place.RESIDENT,
    "retirees.certificate",
    ask=lambda viewer: {"citizen_id": viewer.person},
    show=_show_certificate,
    otherwise=lambda refused: [Words(_not_issued(refused))],
    is_on_request=True,
)
