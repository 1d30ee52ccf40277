"""Who acts in a case, and the seats that it has for the cities."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from hanse.foundation.languages import titled

ORGANISATION_CHARS_MAX = 128
ROLE_CHARS_MAX = 40


class Seat(BaseModel):
    """A city's place in a case, under one role.

    Without an organisation the city itself settles which of its bodies act in the seat.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    city: Annotated[str, titled("城市", "City", pattern="^[1-9][0-9]{5}$")]
    organisation: Annotated[
        str | None,
        titled("机构", "Organisation", min_length=1, max_length=ORGANISATION_CHARS_MAX),
    ] = None

    def holds(self, city: str, organisation: str) -> bool:
        """Whether that organisation may act in this seat."""
        return self.city == city and self.organisation in (None, organisation)


class Actor(BaseModel):
    """Who takes a step: an organisation of a city, in the role of a seat."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    city: Annotated[str, titled("城市", "City", pattern="^[1-9][0-9]{5}$")]
    organisation: Annotated[
        str, titled("机构", "Organisation", min_length=1, max_length=ORGANISATION_CHARS_MAX)
    ]
    role: Annotated[str, titled("角色", "Role", min_length=1, max_length=ROLE_CHARS_MAX)]
