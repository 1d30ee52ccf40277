"""Two verifiers that know nothing of this project: sd-jwt (Python) and @sd-jwt/sd-jwt-vc (Node).

Each is first shown that it refuses what it must. What they do not look at is noted here too: the
Python one asks for no times, no status and no unused disclosures.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.common import base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from hanse.foundation.credentials import jws, present
from hanse.foundation.credentials.issue import SEPARATOR, TYPE
from hanse.foundation.keys import PrivateKey
from tests.credentials.trial import KIND, NOW, REQUEST, SUITES, URI, Trial
from tests.protocol.test_evidence import node

FOLDER = Path(__file__).parent / "outside"
INSTALL_SECONDS_MAX = 100


def jwk_of(key: PrivateKey, *, secret: bool = False) -> JWK:
    values = dict(jws.to_jwk(key.public))
    if secret:
        values["d"] = base64url_encode(key.secret)
    return JWK(**values)


def tampered(presentation: str) -> str:
    """Another signature of the same length."""
    token, rest = presentation.split(SEPARATOR, 1)
    head, payload, signature = token.split(".")
    first = "B" if signature[0] != "B" else "C"
    return f"{head}.{payload}.{first}{signature[1:]}{SEPARATOR}{rest}"


def python_verifies(trial: Trial, presentation: str, nonce: str = REQUEST.nonce) -> dict[str, Any]:
    verifier = SDJWTVerifier(
        presentation,
        lambda issuer, header: jwk_of(trial.issuer.key),
        REQUEST.audience,
        nonce,
    )
    found: dict[str, Any] = verifier.get_verified_payload()
    return found


@pytest.fixture(autouse=True)
def _eddsa_in_the_python_verifier(monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts only ES256 for the holder's signature unless told otherwise."""
    original = SDJWTVerifier._verify_key_binding_jwt

    def verify(self: Any, aud: str, nonce: str, sign_alg: str | None = None) -> None:
        issuer_key = self._sd_jwt_payload["cnf"]["jwk"]
        original(self, aud, nonce, "EdDSA" if issuer_key["kty"] == "OKP" else "ES256")

    monkeypatch.setattr(SDJWTVerifier, "_verify_key_binding_jwt", verify)


@pytest.mark.parametrize("suite", SUITES)
def test_sd_jwt_for_python_refuses_what_was_tampered_with(suite: str) -> None:
    trial = Trial(suite)
    shown = trial.shown("name")
    with pytest.raises(InvalidJWSSignature):
        python_verifies(trial, tampered(shown))
    with pytest.raises(ValueError, match="nonce"):
        python_verifies(trial, shown, nonce="another")


@pytest.mark.parametrize("suite", SUITES)
def test_sd_jwt_for_python_verifies_ours(suite: str) -> None:
    trial = Trial(suite)
    found = python_verifies(trial, trial.shown("name", "benefit"))
    ours = trial.verified(trial.shown("name", "benefit")).claims
    assert found == ours
    assert "born" not in found


@pytest.mark.parametrize("suite", SUITES)
def test_we_verify_what_sd_jwt_for_python_issues_and_presents(suite: str) -> None:
    trial = Trial(suite)
    key = jwk_of(trial.issuer.key, secret=True)
    algorithm = jws.ALGORITHMS[suite]
    claims = {
        "iss": trial.issuer.name,
        "iat": int(NOW.timestamp()),
        "exp": int(trial.expires_at.timestamp()),
        "vct": KIND,
        "status": {"status_list": {"idx": 7, "uri": URI}},
        SDObj("name"): "生成的居民",
        SDObj("born"): "1950-03-07",
        "places": [SDObj("Deyang"), SDObj("Leshan")],
    }
    issued = SDJWTIssuer(
        claims,
        key,
        holder_key=jwk_of(trial.holder),
        sign_alg=algorithm,
        add_decoy_claims=True,
        extra_header_parameters={"typ": TYPE, "kid": "c1"},
    ).sd_jwt_issuance
    holder = SDJWTHolder(issued)
    holder.create_presentation({"name": True, "places": [False, True]})
    found = trial.verified(holder.sd_jwt_presentation, request=None).claims
    assert found["name"] == "生成的居民"
    assert found["places"] == ["Leshan"]
    assert "born" not in found


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the lock file in a folder that is thrown away; skips without a registry."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("npm")
    for path in FOLDER.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    try:
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the configured npm registry did not answer in time")
    if done.returncode != 0:
        pytest.skip(f"the npm packages cannot be installed here: {done.stderr[-200:]}")
    return folder


def node_verifies(folder: Path, cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    (folder / "cases.json").write_text(json.dumps(list(cases)), "utf-8")
    done = subprocess.run(
        [node(), folder / "verify.mjs", folder / "cases.json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def case_of(trial: Trial, presentation: str, **changes: Any) -> dict[str, Any]:
    return {
        "presentation": presentation,
        "issuer_jwk": jws.to_jwk(trial.issuer.key.public),
        "holder_jwk": jws.to_jwk(trial.holder.public),
        "algorithm": jws.ALGORITHMS[trial.suite],
        "nonce": REQUEST.nonce,
        "status_token": trial.status_token(),
        "at": int(NOW.timestamp()),
        **changes,
    }


@pytest.mark.parametrize("suite", SUITES)
def test_sd_jwt_vc_for_node_refuses_what_it_must_and_verifies_ours(
    suite: str, packages: Path
) -> None:
    trial = Trial(suite)
    shown = trial.shown("name")
    revoked = Trial(suite, statuses={7: 1}).status_token()
    suspended = Trial(suite, statuses={7: 2}).status_token()
    expired = int(trial.expires_at.timestamp()) + 1
    other = present(trial.issued(), ["born"], request=REQUEST, key=trial.holder, at=NOW)
    mixed = other.rsplit(SEPARATOR, 1)[0] + SEPARATOR + shown.rsplit(SEPARATOR, 1)[1]
    wrong = [
        case_of(trial, tampered(shown)),
        case_of(trial, shown, nonce="another"),
        case_of(trial, shown, at=expired, status_token=trial.status_token()),
        case_of(trial, shown, status_token=revoked),
        case_of(trial, shown, status_token=suspended),
        case_of(trial, shown, status_token=tampered(trial.status_token() + SEPARATOR)[:-1]),
        case_of(trial, mixed),
    ]
    *refused, good = node_verifies(packages, [*wrong, case_of(trial, shown)])
    assert [one["valid"] for one in refused] == [False] * len(wrong), refused
    assert good["valid"], good
    assert good["claims"] == trial.verified(shown).claims
