"""Passwords: Argon2id (RFC 9106), and rules for new ones after NIST SP 800-63B, 3.1.1.2."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 128
PASSWORD_TOO_WEAK = ProblemKind(
    "password_too_weak",
    422,
    Text("密码过于简单", "The password is too weak"),
    Text(
        "请使用{length}至{length_max}个字符，且不要是登录名或重复的字符",
        "Use {length} to {length_max} characters, not the login, not one character over and over",
    ),
)
_HASHER: Final = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


def check_new(password: str, login: str) -> None:
    """Refuse a password that would be guessed first. No mixture of kinds is asked for."""
    plain = password.casefold()
    is_long = LENGTH_MIN <= len(password) <= LENGTH_MAX
    if not is_long or len(set(plain)) < 5 or login.casefold() in plain:
        raise PASSWORD_TOO_WEAK(length=LENGTH_MIN, length_max=LENGTH_MAX)


def hashed(password: str) -> str:
    """What is kept: the hash with its salt and parameters."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password. Where there is none, as long is spent on refusing it."""
    if len(password) > LENGTH_MAX:
        return False
    try:
        _HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
