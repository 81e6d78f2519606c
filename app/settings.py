"""One frozen Settings, read from the environment once."""

import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.files import MIB, Limits
from app.domain.mail import ADDRESS, Hours, MailServer
from app.domain.webhooks import Targets

ROOT = Path(__file__).parent.parent
"""The folder that holds app/, migrations/ and seeds/."""

EMBEDDED_CONNECTIONS = 90
"""What the embedded PostgreSQL has for the service; a few more are for commands and for `psql`."""
PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
OURS = [
    ["v1"],
    ["desk"],
    ["docs"],
    ["problems"],
    ["openapi.json"],
    ["asyncapi.json"],
    ["healthz"],
    ["readyz"],
    [".well-known"],
]
"""How our own paths begin: a prefix that does so, too, could be told from nothing."""
ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})


LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class LoginProvider:
    """Where people sign in with an account of their own: its name, and what we are called there."""

    issuer: str
    client_id: str
    client_secret: str | None
    algorithms: frozenset[str]
    shown_as: str


@dataclass(frozen=True)
class ExternalIssuer:
    """An issuer of tokens beside ourselves: its name, what its tokens must be for, and where its public keys are."""

    name: str
    audience: str
    algorithms: frozenset[str]
    jwks: str


class Settings(BaseSettings):
    """Every setting has an environment variable; docs/operating.md lists them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """A PostgreSQL 15 or later; without it the service runs one of its own."""
    database_owner_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_OWNER_URL")
    """The role that migrates and seeds; by default the one of DATABASE_URL."""
    replica_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_REPLICA_URL")
    """Servers that follow the one of DATABASE_URL and are read from; several addresses stand with blanks between."""
    data_dir: Path = Field(default=Path(".dondoc"), validation_alias="DONDOC_DATA_DIR")
    keys_dir_or_default: Path | None = Field(default=None, validation_alias="DONDOC_KEYS_DIR")
    seed: Path = Field(default=ROOT / "seeds" / "115-kh-ubnd-2021", validation_alias="DONDOC_SEED")
    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("HOST", "DONDOC_HOST"))
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT")
    issuer_or_default: str | None = Field(default=None, validation_alias="DONDOC_ISSUER")
    trusted_proxies: str = Field(default="127.0.0.1 ::1", validation_alias="DONDOC_TRUSTED_PROXIES")
    """Addresses and networks of our own proxies: who called them is taken from what they say."""
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = Field(
        default="x-forwarded-for", validation_alias="DONDOC_FORWARDED_HEADER"
    )
    """Where they say it; the other header they may hand on as the caller wrote it."""
    oidc_issuer: str | None = Field(default=None, validation_alias="DONDOC_OIDC_ISSUER")
    """An issuer of tokens beside ourselves; its subjects are mapped to clients."""
    oidc_audience: str | None = Field(default=None, validation_alias="DONDOC_OIDC_AUDIENCE")
    oidc_jwks: str | None = Field(default=None, validation_alias="DONDOC_OIDC_JWKS")
    oidc_algorithms: str = Field(default="RS256 ES256", validation_alias="DONDOC_OIDC_ALGORITHMS")
    oidc_login_issuer: str | None = Field(default=None, validation_alias="DONDOC_OIDC_LOGIN_ISSUER")
    """Where people sign in to the desk with an account of their own (OpenID Connect: code and PKCE)."""
    oidc_login_client_id: str | None = Field(default=None, validation_alias="DONDOC_OIDC_LOGIN_CLIENT_ID")
    oidc_login_client_secret: SecretStr | None = Field(default=None, validation_alias="DONDOC_OIDC_LOGIN_CLIENT_SECRET")
    oidc_login_name: str = Field(default="", max_length=100, validation_alias="DONDOC_OIDC_LOGIN_NAME")
    """What that is called on the page; by default, its host."""
    token_limit: str = Field(default="60/minute", validation_alias="DONDOC_TOKEN_LIMIT")
    """How many tokens one client gets, as the library `limits` spells it."""
    address_limit: str = Field(default="300/minute", validation_alias="DONDOC_ADDRESS_LIMIT")
    """How often one address may ask for tokens, with whatever secret."""
    limits_storage: str = Field(default="async+memory://", validation_alias="DONDOC_LIMITS_STORAGE")
    max_working: int = Field(default=32, ge=1, validation_alias="DONDOC_MAX_WORKING")
    """How many requests are worked on at once; some more wait, and the next one is told to come back."""
    max_waiting: int = Field(default=256, ge=0, validation_alias="DONDOC_MAX_WAITING")
    max_transfers: int = Field(default=8, ge=1, validation_alias="DONDOC_MAX_TRANSFERS")
    """How many files one client may send, fetch or have exported at once, in each process."""
    pool_size: int = Field(default=4, ge=1, le=100, validation_alias="DONDOC_POOL_SIZE")
    workers: int = Field(default=1, ge=1, le=64, validation_alias="DONDOC_WORKERS")
    """How many processes serve; with more than one, another one looks after them."""
    drain_seconds: float = Field(default=0, ge=0, le=300, validation_alias="DONDOC_DRAIN_SECONDS")
    """How long we still take requests once we are told to end and say that we are not ready."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535, validation_alias="DONDOC_METRICS_PORT")
    """Where Prometheus asks for numbers, on HOST; the second of several processes has the port after it, and so on."""
    jobs: Literal["here", "apart"] = Field(default="here", validation_alias="DONDOC_JOBS")
    """Whether the service does its own duties beside answering, or `dondoc worker` does them in a process apart."""
    webhook_targets: str = Field(default="", validation_alias="DONDOC_WEBHOOK_TARGETS")
    """Where webhooks may go: origins, and networks that may be connected to though they are internal."""
    smtp_url: SecretStr | None = Field(default=None, validation_alias="DONDOC_SMTP_URL")
    """The server that takes mail for owners, `smtp://` or `smtps://`, with user and password; none by default."""
    mail_from: str | None = Field(default=None, pattern=ADDRESS, validation_alias="DONDOC_MAIL_FROM")
    mail_hours: str = Field(
        default="8-17", pattern=r"^([01]?\d|2[0-3])-([01]?\d|2[0-4])$", validation_alias="DONDOC_MAIL_HOURS"
    )
    """From which hour of a working day on mail goes out, and until which, in the plan's zone."""
    security_contact: str | None = Field(
        default=None, pattern=r"^(mailto:|https://|tel:)\S+$", validation_alias="DONDOC_SECURITY_CONTACT"
    )
    """Whom to tell of a hole in the service, by mail, page or telephone, as /.well-known/security.txt names it."""
    log_level: str = Field(default="info", validation_alias="DONDOC_LOG_LEVEL")

    max_file_mib: int = Field(default=50, ge=1, le=2047, validation_alias="DONDOC_MAX_FILE_MIB")
    obligation_quota_mib: int = Field(default=500, ge=1, validation_alias="DONDOC_OBLIGATION_QUOTA_MIB")
    client_quota_mib: int = Field(default=5000, ge=1, validation_alias="DONDOC_CLIENT_QUOTA_MIB")
    upload_rate: int = Field(default=10_000, ge=0, validation_alias="DONDOC_UPLOAD_RATE")
    """The least bytes a second at which a file must come."""
    upload_patience: float = Field(default=20, gt=0, validation_alias="DONDOC_UPLOAD_PATIENCE")
    """How many seconds a sender may be silent."""
    evidence_url: str | None = Field(
        default=None, pattern=r"^(s3|gs|az)://[^/]", validation_alias="DONDOC_EVIDENCE_URL"
    )
    """The bucket that keeps the bytes of files, with a prefix if there is one; by default they are in a folder."""
    clamav_address: str | None = Field(
        default=None, pattern=r"^(/.+|[^/]+:\d{1,5})$", validation_alias="DONDOC_CLAMAV_ADDRESS"
    )
    """ClamAV's daemon: `host:port`, or the path of its socket.  Once it is named, no file is taken without it."""

    @property
    def evidence_dir(self) -> Path:
        """The folder of the bytes of files, and of the parts that are being received."""
        return self.data_dir / "evidence"

    @property
    def limits(self) -> Limits:
        """How much may be sent."""
        return Limits(
            file=self.max_file_mib * MIB,
            obligation=self.obligation_quota_mib * MIB,
            client=self.client_quota_mib * MIB,
            rate=self.upload_rate,
            patience=self.upload_patience,
        )

    @property
    def keys_dir(self) -> Path:
        """The folder of the signing key and the pepper; share it between instances of one service."""
        return self.keys_dir_or_default or self.data_dir / "keys"

    @property
    def jobs_here(self) -> bool:
        """Whether a serving process does the service's own duties, too."""
        return self.jobs == "here"

    @property
    def counts_in_memory(self) -> bool:
        """Whether the counters of tokens are in a process of this service, and in no shared store."""
        return self.limits_storage == "async+memory://"

    @property
    def targets(self) -> Targets:
        """Where webhooks may go: nowhere, unless the operator says so."""
        return Targets.read(self.webhook_targets)

    @property
    def mail_server(self) -> MailServer | None:
        """Where mail is handed over, if the operator wants any."""
        if self.smtp_url is None or self.mail_from is None:
            return None
        return MailServer.read(self.smtp_url.get_secret_value(), self.mail_from)

    @property
    def mailing_hours(self) -> Hours:
        """When mail goes out."""
        return Hours.read(self.mail_hours)

    @property
    def issuer(self) -> str:
        """The name that tokens carry as `iss`; the service's public address."""
        return self.issuer_or_default or f"http://{self.host}:{self.port}"

    @property
    def prefix(self) -> str:
        """The path that the public address ends with, without a slash at its end; nothing where there is none."""
        return urlsplit(self.issuer).path

    @property
    def external_issuer(self) -> ExternalIssuer | None:
        """The issuer beside ourselves, if one is configured."""
        if self.oidc_issuer is None or self.oidc_audience is None or self.oidc_jwks is None:
            return None
        return ExternalIssuer(
            self.oidc_issuer, self.oidc_audience, frozenset(self.oidc_algorithms.split()), self.oidc_jwks
        )

    @property
    def login_provider(self) -> LoginProvider | None:
        """Where people sign in with an account of their own, if that is configured."""
        if self.oidc_login_issuer is None or self.oidc_login_client_id is None:
            return None
        secret = self.oidc_login_client_secret.get_secret_value() if self.oidc_login_client_secret else None
        shown_as = self.oidc_login_name or str(urlsplit(self.oidc_login_issuer).hostname)
        algorithms = frozenset(self.oidc_algorithms.split())
        return LoginProvider(self.oidc_login_issuer, self.oidc_login_client_id, secret, algorithms, shown_as)

    @model_validator(mode="after")
    def _signs_in_safely(self) -> "Settings":
        """Refuse a provider that is half configured, or that somebody between could play."""
        if (self.oidc_login_issuer is None) != (self.oidc_login_client_id is None):
            raise ValueError("DONDOC_OIDC_LOGIN_ISSUER and DONDOC_OIDC_LOGIN_CLIENT_ID go together")
        place = urlsplit(self.oidc_login_issuer or "https://")
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
            raise ValueError("DONDOC_OIDC_LOGIN_ISSUER must be an https address")
        return self

    @model_validator(mode="after")
    def _stands_somewhere(self) -> "Settings":
        """Refuse an address of our own that cannot be one, and proxies that are none."""
        parts = urlsplit(self.issuer)
        if parts.scheme not in {"http", "https"} or parts.query or parts.fragment or not PREFIX.fullmatch(parts.path):
            raise ValueError("DONDOC_ISSUER must be like https://host or https://host/path, with nothing after that")
        if parts.path.split("/")[1:2] in OURS:
            raise ValueError("DONDOC_ISSUER must not begin its path as our own paths begin")
        for one in self.trusted_proxies.split():
            ip_network(one)
        return self

    @model_validator(mode="after")
    def _follows_somebody(self) -> "Settings":
        """Refuse replicas of our own PostgreSQL, which has none."""
        if self.replica_url and not self.database_url:
            raise ValueError("DATABASE_REPLICA_URL goes with DATABASE_URL")
        return self

    @model_validator(mode="after")
    def _names_targets(self) -> "Settings":
        """Refuse to start with an allow-list that cannot be read."""
        Targets.read(self.webhook_targets)
        return self

    @model_validator(mode="after")
    def _mails_in_a_name(self) -> "Settings":
        """Refuse to start with half of what mail needs."""
        if (self.smtp_url is None) != (self.mail_from is None):
            raise ValueError("DONDOC_SMTP_URL and DONDOC_MAIL_FROM go together")
        if self.smtp_url and self.mail_from:
            MailServer.read(self.smtp_url.get_secret_value(), self.mail_from)
        return self

    @model_validator(mode="after")
    def _finds_connections(self) -> "Settings":
        """Refuse to start with more connections than our own PostgreSQL has; the operator's has its own number."""
        if self.database_url is None and self.workers * self.pool_size > EMBEDDED_CONNECTIONS:
            raise ValueError(
                f"DONDOC_WORKERS times DONDOC_POOL_SIZE must not be over {EMBEDDED_CONNECTIONS} without DATABASE_URL"
            )
        return self

    @model_validator(mode="after")
    def _names_an_issuer_in_full(self) -> "Settings":
        """Refuse to start half configured: a token would be verified against less than the operator thinks."""
        given = {self.oidc_issuer is None, self.oidc_audience is None, self.oidc_jwks is None}
        if len(given) > 1:
            raise ValueError("DONDOC_OIDC_ISSUER, DONDOC_OIDC_AUDIENCE and DONDOC_OIDC_JWKS go together")
        if self.oidc_issuer == self.issuer:
            raise ValueError("DONDOC_OIDC_ISSUER must not be our own name")
        if not frozenset(self.oidc_algorithms.split()) <= ASYMMETRIC:
            raise ValueError(f"DONDOC_OIDC_ALGORITHMS may hold only: {' '.join(sorted(ASYMMETRIC))}")
        if (self.oidc_jwks or "").startswith("http://") and urlsplit(self.oidc_jwks).hostname != "127.0.0.1":
            raise ValueError("DONDOC_OIDC_JWKS must be a file or an https address")
        return self

    @property
    def replica_urls(self) -> list[str]:
        """The addresses of the servers that are read from, too."""
        return self.replica_url.get_secret_value().split() if self.replica_url else []

    @property
    def owner_url(self) -> SecretStr | None:
        """The address for migrations and seeds."""
        return self.database_owner_url or self.database_url
