"""HTTP message signatures (RFC 9421) and body digests (RFC 9530), without any I/O.

A narrow profile: what the exchange between cities needs, readable by any implementation of the
RFCs, and able to read what they write.

    made = sign(parts, covered, key, parameters, "hanse")      # a header pair, and its evidence
    signed = read_signature(parts.headers, "hanse")
    require_covered(signed, covered)
    verify(signed, signature_base(signed, parts), public_key)
"""

from hanse.foundation.http_signatures.components import (
    RequestParts,
    ResponseParts,
    combined,
)
from hanse.foundation.http_signatures.digest import check_content_digest, content_digest
from hanse.foundation.http_signatures.problems import (
    SIGNATURE_COMPONENT_MISSING,
    SIGNATURE_COMPONENT_UNSUPPORTED,
    SIGNATURE_COVERAGE_SHORT,
    SIGNATURE_MALFORMED,
    SIGNATURE_MISSING,
    SIGNATURE_PARAMETER_MISSING,
)
from hanse.foundation.http_signatures.signature import (
    Made,
    SignatureParameters,
    Signed,
    read_signature,
    require_covered,
    sign,
    sign_request,
    sign_response,
    signature_base,
    verify,
)

__all__ = [
    "SIGNATURE_COMPONENT_MISSING",
    "SIGNATURE_COMPONENT_UNSUPPORTED",
    "SIGNATURE_COVERAGE_SHORT",
    "SIGNATURE_MALFORMED",
    "SIGNATURE_MISSING",
    "SIGNATURE_PARAMETER_MISSING",
    "Made",
    "RequestParts",
    "ResponseParts",
    "SignatureParameters",
    "Signed",
    "check_content_digest",
    "combined",
    "content_digest",
    "read_signature",
    "require_covered",
    "sign",
    "sign_request",
    "sign_response",
    "signature_base",
    "verify",
]
