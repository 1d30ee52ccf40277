"""Keys that sign, by named suites, and the folder in which they rest encrypted."""

from hanse.foundation.keys.key import SUITES, PrivateKey, PublicKey, from_secret, generate
from hanse.foundation.keys.keyfile import ScryptCost
from hanse.foundation.keys.keystore import KeyDescription, Keystore
from hanse.foundation.keys.suite import KEY_INVALID, KEY_SUITE_UNKNOWN

__all__ = [
    "KEY_INVALID",
    "KEY_SUITE_UNKNOWN",
    "SUITES",
    "KeyDescription",
    "Keystore",
    "PrivateKey",
    "PublicKey",
    "ScryptCost",
    "from_secret",
    "generate",
]
