"""Verification for anybody: a certificate, and an evidence file. Nothing that is sent is kept."""

from typing import Final

import orjson
from pydantic import ValidationError

from hanse.foundation.credentials import jws
from hanse.foundation.credentials.issue import SEPARATOR, TYPE
from hanse.foundation.errors import Problem, ProblemKind
from hanse.foundation.languages import Text
from hanse.mechanisms.exchange.parts import CredentialCheck, Facts
from hanse.mechanisms.journal.evidence import EVIDENCE_BYTES_MAX, Verified
from hanse.mechanisms.journal.evidence import verify as verify_evidence
from hanse.web.models import facts_of
from hanse.web.page import Result, Shown
from hanse.web.rates import Rate
from hanse.web.visit import Visit

FORM_BYTES_MAX: Final = 2_097_152
"""An evidence file of one message is some kilobytes; the whole format allows more."""
CHARTERS_MAX: Final = 200
CHECKS: Final = Rate("verify", 30, 60)
assert FORM_BYTES_MAX <= EVIDENCE_BYTES_MAX  # noqa: S101 - two constants

NOTHING_SENT = ProblemKind(
    "nothing_to_verify",
    400,
    Text("没有可核验的内容", "Nothing was sent to verify"),
    Text("请粘贴电子凭证，或选择证据文件", "Paste a credential, or choose an evidence file"),
)
KIND_UNKNOWN = ProblemKind(
    "credential_kind_unknown",
    422,
    Text("本节点不识别该种凭证", "This node does not know that kind of credential"),
    Text("请向签发机构查询", "Ask whoever issued it"),
)


async def verify(visit: Visit) -> Result:
    """The two forms."""
    return _shown(visit)


async def check(visit: Visit) -> Result:
    """What became of the check; a refusal is shown on the same page, in words."""
    visit.limit(CHECKS)
    try:
        if visit.form.get("presentation", "").strip():
            return _shown(visit, facts=await _credential(visit))
        return _shown(visit, evidence=await _evidence(visit))
    except Problem as problem:
        return _shown(visit, problem=problem)


async def _credential(visit: Visit) -> Facts:
    text = "".join(visit.form["presentation"].split())
    kind = _kind_of(text)
    checks = [one for service in visit.node.registry.services for one in service.credentials]
    found: CredentialCheck | None = next((one for one in checks if one.kind == kind), None)
    if found is None:
        raise KIND_UNKNOWN()
    answer = await visit.look(found.operation, {"presentation": text})
    return facts_of(found.title, answer)


async def _evidence(visit: Visit) -> Verified:
    upload = visit.uploads.get("evidence")
    data = upload.body if upload is not None else visit.form.get("text", "").encode()
    if not data.strip():
        raise NOTHING_SENT()
    charters = await visit.node.charters_after(0, CHARTERS_MAX)
    try:
        return verify_evidence(data, charters)
    except (ValidationError, orjson.JSONDecodeError, RecursionError):
        raise NOTHING_SENT() from None


def _kind_of(presentation: str) -> object:
    """What the credential says it is: only to find who checks it."""
    return jws.read(presentation.split(SEPARATOR)[0], TYPE).payload.get("vct")


def _shown(
    visit: Visit,
    *,
    facts: Facts | None = None,
    evidence: Verified | None = None,
    problem: Problem | None = None,
) -> Shown:
    status = 200 if problem is None else problem.kind.status
    values = {"facts": facts, "evidence": evidence, "problem": problem}
    return Shown("portal/verify.html", values, status)
