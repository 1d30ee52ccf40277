"""How a node's configuration names the identity providers that it believes."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hanse.foundation.languages import Text
from hanse.node.people.who import Kind


class ProviderConfig(BaseModel):
    """One identity provider, in `node.toml` under `[sign_in.NAME]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_zh: str
    title_en: str
    issuer: str
    client_id: str
    client_secret: SecretStr = SecretStr("")
    kind: Kind = Kind.OFFICER
    organisation: str
    """Whose officers it vouches for; the organisation is never taken from a token."""
    scope: str = "openid profile"
    allows_claim: str = "hanse_allows"
    """The claim that lists an officer's rights; they are taken anew at each sign-in."""
    person_claim: str = "citizen_id"
    """The claim with a resident's identity number, which the provider has made sure of."""
    allows: list[str] = Field(default_factory=list)
    """What everybody may do who signs in there, besides what the claim lists."""

    @property
    def title(self) -> Text:
        """Its name in both languages."""
        return Text(self.title_zh, self.title_en)
