"""Refusals: RFC 9457 problem details with a stable code and text in both languages.

Declare a kind once, at the top of the module that raises it, and raise it by calling it:

    EXPIRED = ProblemKind("agreement_expired", 403, Text("协议已到期", "The agreement has expired"),
                          hint=Text("请续签协议 {id}", "Renew agreement {id}"))
    raise EXPIRED(id="AGR-1")

`code` is part of the protocol: it never changes its meaning. Values never carry personal data,
because problems are written to logs and to other cities.
"""

from dataclasses import dataclass
from typing import Any, Final

from hanse.foundation.languages import Text

PROBLEM_TYPE_PREFIX: Final = "urn:hanse:problem:"
KINDS: Final[dict[str, "ProblemKind"]] = {}


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """One refusal: what was refused, why, and what to do next."""

    def __init__(self, kind: "ProblemKind", values: dict[str, Any]) -> None:
        self.kind = kind
        self.values = values
        self.detail: Text = kind.title if kind.detail is None else kind.detail.format(**values)
        self.hint: Text = kind.hint.format(**values)
        super().__init__(f"{kind.code}: {self.detail.en}")

    @property
    def code(self) -> str:
        """The stable code, such as `agreement_expired`."""
        return self.kind.code

    def as_dict(self) -> dict[str, Any]:
        """The RFC 9457 object; `title`, `detail` and `hint` carry both languages under `texts`."""
        return {
            "type": PROBLEM_TYPE_PREFIX + self.kind.code,
            "code": self.kind.code,
            "status": self.kind.status,
            "title": self.kind.title.zh,
            "detail": self.detail.zh,
            "texts": {
                "title": self.kind.title.as_dict(),
                "detail": self.detail.as_dict(),
                "hint": self.hint.as_dict(),
            },
            "retry": self.kind.retry,
            "values": {key: str(value) for key, value in self.values.items()},
        }


@dataclass(frozen=True)
class ProblemKind:
    """A declared kind of refusal. Calling it makes the exception to raise.

    `status` is the HTTP status. `retry` says whether the same message may succeed later
    without being changed: only then does a sender try again.
    """

    code: str
    status: int
    title: Text
    hint: Text
    detail: Text | None = None
    retry: bool = False

    def __post_init__(self) -> None:
        if KINDS.setdefault(self.code, self) != self:
            raise ValueError(f"problem code {self.code} is declared twice")

    def __call__(self, **values: Any) -> Problem:
        return Problem(self, values)
