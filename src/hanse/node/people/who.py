"""Who looks at a page, and what that person may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hanse.node.tokens import OPERATOR, TOKEN_NOT_ALLOWED


class Kind(StrEnum):
    """What a person is to the node."""

    VISITOR = "visitor"
    """Not signed in."""
    RESIDENT = "resident"
    OFFICER = "officer"
    JOINT = "joint"
    """Of the joint office, which serves the league's common bodies."""
    OPERATOR = "operator"


@dataclass(frozen=True)
class Who:
    """A person at a page. `allows` is as with tokens; `field.*` is every operation of a field."""

    kind: Kind
    account: str = ""
    login: str = ""
    name: str = ""
    organisation: str = ""
    allows: frozenset[str] = frozenset()
    person: str | None = None
    method: str = ""
    proved_at: datetime | None = None
    """When the person last proved it, for what is sensitive."""
    sample: bool = False
    has_totp: bool = False

    def may(self, operation: str) -> bool:
        """Whether the rights cover the operation. '*' is every operation, not the operator's."""
        if operation in self.allows:
            return True
        if operation == OPERATOR:
            return False
        return "*" in self.allows or f"{operation.partition('.')[0]}.*" in self.allows

    def require(self, operation: str) -> None:
        """Refuse what the rights do not cover."""
        if not self.may(operation):
            raise TOKEN_NOT_ALLOWED(operation=operation)


VISITOR = Who(Kind.VISITOR)
