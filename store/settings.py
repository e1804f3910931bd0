"""The settings, read from the environment (prefix `MSLG_`) and secret files. The defaults run the embedded
service.
"""

import re
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?")
KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

SECRETS = Path("/run/secrets")
"""Where container engines mount secrets: a file named like the variable, such as `mslg_api_token`."""


class Settings(BaseSettings):
    """Where data, database, broker and blobs live, and how much the service accepts.

    An empty URL means a place in `data_dir`: SQLite, Celery's filesystem transport, a local folder.
    """

    model_config = SettingsConfigDict(env_prefix="MSLG_", env_ignore_empty=True, frozen=True)

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Field(Path("mslg-data"), description="Folder of the embedded service.")
    database_url: str = Field("", description="sqlite:///... or postgresql://...; empty: SQLite in data_dir.")
    broker_url: str = Field("", description="redis://...; empty: filesystem:// below data_dir.")
    blob_url: str = Field("", description="file:///... or s3://bucket/prefix; empty: a folder in data_dir.")
    api_token: SecretStr | None = Field(
        None, description="A token for every API call, if set; it may do everything."
    )
    accounts: bool = Field(
        False, description="Whether people sign in with accounts; each then sees the datasets of their own."
    )
    public_url: str = Field(
        "", description="https://... where people find the service, for links; empty: host and port."
    )
    oidc_issuer: str = Field(
        "", description="https://... of an identity provider (OpenID Connect) to sign in with; empty: none."
    )
    oidc_client_id: str = Field("", description="What the provider calls this service.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret that the provider gave it.")

    secret_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="A long random text that encrypts stored secrets, the same for the API and all workers; "
        "empty: one is made and kept in data_dir.",
    )

    source_folders: str = Field(
        "",
        description="Folders of this server whose images datasets may use in place, as "
        "NAME=/PATH,NAME=/PATH; empty: none. Everybody who may create datasets sees all that is in them.",
    )

    source_endpoints: str = Field(
        "",
        description="S3 endpoints whose buckets datasets may use in place, such as "
        "aws,https://minio.example.org; aws stands for Amazon's own; empty: none.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="What Prometheus sends to read /metrics; empty: there are no metrics.",
    )
    log_requests: bool = Field(False, description="Whether the API logs a line per request.")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000

    lease_seconds: PositiveFloat = Field(
        30.0, description="A worker that is silent for longer loses its task."
    )
    heartbeat_seconds: PositiveFloat = Field(5.0, description="How often a worker extends its lease.")
    sweep_seconds: PositiveFloat = Field(5.0, description="How often the sweep looks for lost tasks.")
    resend_seconds: PositiveFloat = Field(30.0, description="A task that is queued for longer is sent again.")
    orphan_seconds: PositiveFloat = Field(
        86_400.0, description="What an interrupted task left in the storage is deleted after this time."
    )
    max_attempts: PositiveInt = Field(5, description="A task that was lost this often fails.")

    review_lease_seconds: PositiveFloat = Field(
        600.0, description="A sample served to a reviewer is served to others after this time."
    )

    upload_expiry_seconds: PositiveFloat = Field(
        7 * 86_400.0, description="An unfinished upload that receives nothing for this long is deleted."
    )

    webhook_networks: str = Field(
        "",
        description="Networks such as 10.0.0.0/8,127.0.0.0/8 that webhooks may send to beside the public "
        "internet; empty: none.",
    )

    # For the documentation: the trainer, which knows no settings of the service, reads the variable itself.
    weights_dir: Path | None = Field(
        None,
        description="Folder of weights for `backbone: timm/NAME`, the same on every machine; empty: "
        "~/.cache/mslg/weights.",
    )

    max_archive_bytes: PositiveInt = Field(50 * GIB, description="Largest upload.")
    max_archive_entries: PositiveInt = Field(5_000_000, description="Most entries of one archive.")
    max_unpacked_bytes: PositiveInt = Field(200 * GIB, description="Most bytes one archive may unpack to.")
    max_compression_ratio: PositiveFloat = Field(200.0, description="Most bytes unpacked per byte packed.")
    max_image_bytes: PositiveInt = Field(50 * MIB, description="Largest image file.")
    max_verification_bytes: PositiveInt = Field(200 * MIB, description="Largest file of verified labels.")

    @model_validator(mode="after")
    def _refuse_open_production(self) -> Self:
        if self.environment == "production" and self.is_open:
            raise ValueError(
                "MSLG_ENVIRONMENT=production needs MSLG_ACCOUNTS=true, or MSLG_API_TOKEN, a long random "
                "string"
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_a_provider(self) -> Self:
        parts = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(parts) and not (all(parts) and self.accounts):
            raise ValueError(
                "set MSLG_OIDC_ISSUER, MSLG_OIDC_CLIENT_ID and MSLG_OIDC_CLIENT_SECRET together, with "
                "MSLG_ACCOUNTS=true"
            )
        return self

    @field_validator("webhook_networks")
    @classmethod
    def _refuse_bad_networks(cls, text: str) -> str:
        for part in filter(None, text.split(",")):
            ip_network(part.strip())
        return text

    @model_validator(mode="after")
    def _refuse_bad_folders(self) -> Self:
        if len(self.source_roots) != len(_split(self.source_folders)):
            raise ValueError("two folders of MSLG_SOURCE_FOLDERS have the same name")
        for name, path in self.source_roots.items():
            if not ROOT_NAME.fullmatch(name) or not path.is_absolute():
                raise ValueError(
                    "MSLG_SOURCE_FOLDERS must be like photos=/mnt/photos,scans=/srv/scans, but has "
                    f"{name}={path}"
                )
        return self

    @model_validator(mode="after")
    def _refuse_bad_endpoints(self) -> Self:
        for endpoint in self.source_hosts:
            if endpoint != "aws" and not ENDPOINT.fullmatch(endpoint):
                raise ValueError(
                    "MSLG_SOURCE_ENDPOINTS must be like aws,https://minio.example.org:9000, but has "
                    f"{endpoint}"
                )
        return self

    @model_validator(mode="after")
    def _refuse_short_lease(self) -> Self:
        if self.lease_seconds < 2 * self.heartbeat_seconds:
            raise ValueError("MSLG_LEASE_SECONDS must be at least twice MSLG_HEARTBEAT_SECONDS")
        return self

    @property
    def is_open(self) -> bool:
        """Whether the service has neither accounts nor a token, so that everybody may do everything."""
        return not (self.accounts or (self.api_token and self.api_token.get_secret_value()))

    @property
    def source_roots(self) -> dict[str, Path]:
        """The folders of the server that may be read, by name."""
        pairs = (text.partition("=") for text in _split(self.source_folders))
        return {name.strip(): Path(path.strip()) for name, _, path in pairs}

    @property
    def source_hosts(self) -> tuple[str, ...]:
        """The S3 endpoints that may be read: addresses without a path, or aws."""
        return tuple(part.strip().rstrip("/") for part in _split(self.source_endpoints))

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in effect."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'mslg.sqlite3'}"

    @property
    def resolved_broker_url(self) -> str:
        """The Celery URL in effect. `filesystem://` keeps its messages in `broker_dir`."""
        return self.broker_url or "filesystem://"

    @property
    def review_lease(self) -> timedelta:
        """How long a served sample is leased to a reviewer."""
        return timedelta(seconds=self.review_lease_seconds)

    @property
    def upload_expiry(self) -> timedelta:
        """How long an unfinished upload is kept."""
        return timedelta(seconds=self.upload_expiry_seconds)

    @property
    def broker_dir(self) -> Path:
        """Folder of the filesystem transport."""
        return self.data_dir.resolve() / "broker"

    @property
    def resolved_blob_url(self) -> str:
        """The blob store's URL in effect."""
        return self.blob_url or (self.data_dir.resolve() / "blobs").as_uri()


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part.strip()]


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once: from the environment, else from files in `SECRETS`."""
    return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
