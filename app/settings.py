"""One frozen Settings, read from the environment once."""

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent.parent
"""The folder that holds app/, migrations/ and seeds/."""


class Settings(BaseSettings):
    """Every setting has an environment variable; README.md lists them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """A PostgreSQL 15 or later; without it the service runs one of its own."""
    database_owner_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_OWNER_URL")
    """The role that migrates and seeds; by default the one of DATABASE_URL."""
    data_dir: Path = Field(default=Path(".dondoc"), validation_alias="DONDOC_DATA_DIR")
    keys_dir_or_default: Path | None = Field(default=None, validation_alias="DONDOC_KEYS_DIR")
    seed: Path = Field(default=ROOT / "seeds" / "115-kh-ubnd-2021", validation_alias="DONDOC_SEED")
    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("HOST", "DONDOC_HOST"))
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT")
    issuer_or_default: str | None = Field(default=None, validation_alias="DONDOC_ISSUER")
    pool_size: int = Field(default=4, ge=1, le=100, validation_alias="DONDOC_POOL_SIZE")
    log_level: str = Field(default="info", validation_alias="DONDOC_LOG_LEVEL")

    @property
    def keys_dir(self) -> Path:
        """The folder of the signing key and the pepper; share it between instances of one service."""
        return self.keys_dir_or_default or self.data_dir / "keys"

    @property
    def issuer(self) -> str:
        """The name that tokens carry as `iss`; the service's public address."""
        return self.issuer_or_default or f"http://{self.host}:{self.port}"

    @property
    def owner_url(self) -> SecretStr | None:
        """The address for migrations and seeds."""
        return self.database_owner_url or self.database_url
