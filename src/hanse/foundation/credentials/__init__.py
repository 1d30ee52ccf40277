"""Verifiable credentials: issued by a city, held by a resident, checked by anybody offline.

SD-JWT (RFC 9901), SD-JWT VC and Token Status List (both IETF drafts). Needed to check one: the
charter and the issuer's signed status list, and no network.
"""

from hanse.foundation.credentials.issue import ISSUER_PREFIX, Content, Issuer, issue
from hanse.foundation.credentials.jws import ALGORITHMS
from hanse.foundation.credentials.present import Request, present
from hanse.foundation.credentials.problems import CREDENTIAL_KEY_MISSING
from hanse.foundation.credentials.status_list import KeyOf, Status, StatusList, StatusReference
from hanse.foundation.credentials.verify import Verified, Wanted, verify

__all__ = [
    "ALGORITHMS",
    "CREDENTIAL_KEY_MISSING",
    "ISSUER_PREFIX",
    "Content",
    "Issuer",
    "KeyOf",
    "Request",
    "Status",
    "StatusList",
    "StatusReference",
    "Verified",
    "Wanted",
    "issue",
    "present",
    "verify",
]
