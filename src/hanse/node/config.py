"""A node's configuration: a TOML file, overridden by environment variables `HANSE_...`."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.node.notices import NoticesConfig
from hanse.node.people.providers import ProviderConfig

CONFIG_INVALID = ProblemKind(
    "config_invalid",
    500,
    Text("节点配置有误", "The node's configuration is not valid"),
    Text("请检查 {place}", "Check {place}"),
)

PASSPHRASE_VARIABLE = "HANSE_KEY_PASSPHRASE"  # noqa: S105 - the variable's name, not its value


class LimitsConfig(BaseModel):
    """The limits that an operator may set; units are in the names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pending_per_peer_max: int = Field(default=100_000, ge=1)
    deliveries_in_flight_max: int = Field(default=4, ge=1, le=64)
    retry_seconds_min: float = Field(default=0.5, gt=0)
    retry_seconds_max: float = Field(default=300.0, gt=0)
    delivery_hours_max: int = Field(default=72, ge=1)
    body_bytes_max: int = Field(default=1_073_741_824, ge=1)
    request_seconds_max: float = Field(default=30.0, gt=0)
    requests_waiting_max: int = Field(default=2_000, ge=1)


class JournalConfig(BaseModel):
    """How the journal's head is signed; see docs/journal.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checkpoint_seconds: float = Field(default=1.0, gt=0, le=3_600)


class NodeConfig(BaseSettings):
    """Everything that one node needs to know before it starts."""

    model_config = SettingsConfigDict(
        env_prefix="HANSE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    city: str = Field(pattern=r"^[1-9]\d{5}$")
    folder: Path
    database: str = ""
    """SQLAlchemy's URL; empty means `hanse.sqlite` in the node's folder."""
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8700, ge=0, le=65535)
    key_id: str = Field(default="k1", pattern=r"^[a-z0-9-]{1,32}$")
    key_passphrase: SecretStr = SecretStr("")
    key_passphrase_file: Path | None = None
    genesis_digest: str = ""
    """Digest of the league's first charter: the one thing that a node trusts unsigned."""
    services: list[str] | None = None
    """Names of the services that this node offers; None means all."""
    parameters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Rule parameters by service that replace the visible defaults."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_trust: Path | None = None
    allow_plain_http: bool = False
    """Whether peers may be reached without TLS beyond this machine."""
    limits: LimitsConfig = LimitsConfig()
    journal: JournalConfig = JournalConfig()
    notices: NoticesConfig = NoticesConfig()
    sign_in: dict[str, ProviderConfig] = Field(default_factory=dict)
    """Identity providers by a short name of ours; see docs/operation.md."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands above the file, so that one image serves many places."""
        return env_settings, init_settings

    @field_validator("database")
    @classmethod
    def _has_a_known_store(cls, url: str) -> str:
        try:
            known = not url or make_url(url).get_backend_name() in ("sqlite", "postgresql")
        except ArgumentError:
            known = False
        if not known:
            raise ValueError("a store is sqlite:///path or postgresql+psycopg://...")
        return url

    @property
    def database_url(self) -> str:
        """Where the store is."""
        return self.database or f"sqlite:///{self.folder / 'hanse.sqlite'}"

    @property
    def keys_folder(self) -> Path:
        """Where the encrypted private keys are."""
        return self.folder / "keys"

    @property
    def notices_folder(self) -> Path:
        """Where notices are written that go to a file."""
        return self.folder / "notices"

    @property
    def backups_folder(self) -> Path:
        """Where backups are made unless another place is named."""
        return self.folder / "backups"

    @property
    def bodies_folder(self) -> Path:
        """Where large bodies are."""
        return self.folder / "bodies"

    def passphrase(self) -> str:
        """The passphrase of the private keys, from the environment or its file."""
        if self.key_passphrase_file is not None:
            return self.key_passphrase_file.read_text("utf-8").strip()
        return self.key_passphrase.get_secret_value()


def load(path: Path) -> NodeConfig:
    """Read `node.toml`; a relative folder is meant from where the file stands."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CONFIG_INVALID(place=f"{path}: not found; run `hanse init` first") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CONFIG_INVALID(place=f"{path}: {error}") from None
    folder = path.parent / str(values.pop("folder", "."))
    return checked(path, folder, values)


def checked(path: Path, folder: Path, values: dict[str, Any]) -> NodeConfig:
    """The configuration that these values make; `path` is where they stand or will stand."""
    try:
        return NodeConfig(folder=folder.resolve(), **values)
    except ValueError as error:
        raise CONFIG_INVALID(place=f"{path}: {_places(error)}") from None


def _places(error: ValueError) -> str:
    details: Any = getattr(error, "errors", None)
    if details is None:
        return str(error)
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details(include_input=False)
    )
