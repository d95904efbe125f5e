"""Settings of the service, read once from the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from serve.embedded import default_data_dir
from serve.engine_calls import Network
from solvers.exceptions import InputError

if TYPE_CHECKING:
    from erp_bridge.delivery.settings import MailSettings, WebhookSettings

__all__ = ["Settings", "secret_of", "settings_of_cluster"]

_SECRET_BYTES = 32
_HAPROXY = "RAY_SERVE_ENABLE_HA_PROXY"


class Settings(BaseSettings):
    """Settings of the service.

    Names in the environment are the field names with the prefix ``HORARIUM_``, save the
    three usual ones: ``DATABASE_URL``, ``REDIS_URL`` and ``RAY_ADDRESS``. Each of these
    three that is not set is served by an embedded server.
    """

    model_config = SettingsConfigDict(
        env_prefix="HORARIUM_", extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: SecretStr | None = Field(
        None, validation_alias="DATABASE_URL", description="PostgreSQL, else embedded."
    )
    redis_url: SecretStr | None = Field(
        None, validation_alias="REDIS_URL", description="Redis, else embedded Valkey."
    )
    ray_address: str | None = Field(
        None, validation_alias="RAY_ADDRESS", description="Ray head, else a local one."
    )
    database_schema: str = Field(
        "horarium",
        pattern="^[a-z_][a-z0-9_]*$",
        description="PostgreSQL schema of the service's own tables.",
    )
    catalogue_schema: str = Field(
        "public",
        pattern="^[a-z_][a-z0-9_]*$",
        description="PostgreSQL schema of the ERP's tables.",
    )
    catalogue_mapping: Annotated[dict[str, Any] | None, NoDecode] = Field(
        None,
        description="TOML file with the ERP's own names of its tables and columns.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of embedded data, logs and generated secrets.",
    )
    jwt_secret: SecretStr | None = Field(
        None,
        description="Shared HS256 secret, >= 32 bytes; else generated in data_dir.",
    )
    jwks_url: str | None = Field(
        None,
        pattern=r"^(https://|http://(localhost|127\.0\.0\.1)[:/])",
        description="Key set of an identity provider whose RS256 tokens are accepted.",
    )
    jwks_audience: str | None = Field(
        None, min_length=1, description="What the claim aud of such a token must be."
    )
    jwks_issuer: str | None = Field(
        None, min_length=1, description="What the claim iss of such a token must be."
    )
    self_approval: bool = Field(
        False, description="Whether somebody may approve what they submitted."
    )
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the API; 0: any free.")
    replicas: int = Field(1, ge=1, description="Replicas of the API.")
    tenant: str = Field(
        "default", min_length=1, description="Tenant of tokens that name none."
    )
    time_limit_seconds: float = Field(
        120.0, gt=0, description="Search seconds of a job that asks for none."
    )
    max_time_limit_seconds: float = Field(
        86_400.0, gt=0, description="Most search seconds a job may ask for."
    )
    max_body_bytes: int = Field(
        64 * 2**20, ge=1024, description="Largest accepted request body."
    )
    check_body_bytes: int = Field(
        256 * 2**10,
        ge=0,
        description="Inputs up to this size are checked before the answer.",
    )
    cluster_params: Path | None = Field(
        None, description="TOML of cluster parameters; the defaults without."
    )
    max_active_jobs: int = Field(
        1000, ge=1, description="Queued and running jobs a tenant may have."
    )
    start_status: int = Field(
        202,
        description="Status of an accepted generation; the reference ERP wants 200.",
    )
    erp: Literal["reference"] | None = Field(
        None, description="ERP whose rows and keys are written beside our own."
    )
    erp_tenant: str | None = Field(
        None, min_length=1, description="Tenant that is the ERP's; else `tenant`."
    )
    erp_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks from which the ERP may call without "
        "credentials, separated by commas; none by default.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins of browsers, separated by commas."
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Where people reach the service; put before links in messages.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: smtp[s]://user:password@host:port; without it no "
        "mail is sent.",
    )
    mail_from: str = Field("", description="Sender of mails, `Name <address>`.")
    callback_url: str | None = Field(
        None,
        validation_alias=AliasChoices("ERP_CALLBACK_URL", "HORARIUM_CALLBACK_URL"),
        description="The ERP's callback; without it no webhook is sent.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Secret that signs webhooks, whsec_...; several, separated by "
        "commas, while one is changed for another.",
    )
    callback_workflow: bool = Field(
        False, description="Whether the callback is told of reviews, not of jobs alone."
    )
    callback_private: bool = Field(
        False,
        description="Whether the callback may be http or in a private network.",
    )
    outbox_days: float = Field(
        30.0, ge=1, description="Days for which delivered messages are kept."
    )
    log_level: str = Field("INFO", description="Level of the service's own logs.")

    @field_validator("cors_origins", "erp_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("erp", "smtp_url", "callback_url", "webhook_secret", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("catalogue_mapping", mode="before")
    @classmethod
    def _read_mapping(cls, value: object) -> object:
        """Read the file at once, so that every process has what it held."""
        if not isinstance(value, str | Path) or not str(value):
            return value or None
        from erp_bridge.catalogue import mapping_of, toml_of

        try:
            content = toml_of(Path(value))
            mapping_of(content)
        except InputError as error:
            raise ValueError("; ".join(str(issue) for issue in error.issues)) from error
        return content

    @field_validator("erp_networks")
    @classmethod
    def _not_everybody(cls, value: tuple[Network, ...]) -> tuple[Network, ...]:
        if any(network.prefixlen == 0 for network in value):
            raise ValueError("erp_networks must name the ERP's addresses, not all")
        return value

    @field_validator("start_status")
    @classmethod
    def _known_status(cls, value: int) -> int:
        if value not in (200, 202):
            raise ValueError("start_status must be 200 or 202")
        return value

    @field_validator("jwt_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < _SECRET_BYTES:
            raise ValueError(f"jwt_secret must have at least {_SECRET_BYTES} bytes")
        return value

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if self.jwks_url and not (self.jwks_audience and self.jwks_issuer):
            raise ValueError("jwks_url needs jwks_audience and jwks_issuer")
        return self

    @model_validator(mode="after")
    def _networks_of_an_erp(self) -> Self:
        if self.erp_networks and self.erp is None:
            raise ValueError("erp_networks needs erp=reference")
        if self.erp_networks and os.environ.get(_HAPROXY) == "1":
            # It passes requests on without a word of where they came from.
            raise ValueError(f"erp_networks needs callers' addresses; unset {_HAPROXY}")
        return self

    @model_validator(mode="after")
    def _mapping_of_another_erp(self) -> Self:
        if self.catalogue_mapping is not None and self.erp is not None:
            raise ValueError("catalogue_mapping and erp=reference exclude each other")
        return self

    @model_validator(mode="after")
    def _whole_delivery(self) -> Self:
        """Refuse at the start what could never be sent; secrets are not repeated."""
        _ = self.mail, self.webhook
        return self

    @property
    def mail(self) -> MailSettings | None:
        """How mails are sent; None if there is no mail server.

        Raises
        ------
        ValueError
            If the server or the sender is none.
        """
        if self.smtp_url is None:
            return None
        from erp_bridge.delivery.settings import MailSettings

        return MailSettings.from_url(
            self.smtp_url.get_secret_value(),
            sender=self.mail_from,
            public_url=self.public_url,
        )

    @property
    def webhook(self) -> WebhookSettings | None:
        """How webhooks are sent; None if there is no callback.

        Raises
        ------
        ValueError
            If the URL or the secret is none.
        """
        if self.callback_url is None:
            return None
        from erp_bridge.delivery.settings import WebhookSettings

        secrets = self.webhook_secret
        text = "" if secrets is None else secrets.get_secret_value()
        return WebhookSettings(
            url=self.callback_url,
            secrets=tuple(part.strip() for part in text.split(",") if part.strip()),
            tenant=self.tenant_of_erp,
            about_workflow=self.callback_workflow,
            private_hosts=self.callback_private,
            public_url=self.public_url,
        )

    @property
    def tenant_of_erp(self) -> str:
        """Tenant that is the ERP's organization."""
        return self.erp_tenant or self.tenant

    def with_urls(self, *, database_url: str, redis_url: str, jwt_secret: str) -> Self:
        """Copy in which nothing is left to be found out; it goes to the replicas."""
        return self.model_copy(
            update={
                "database_url": SecretStr(database_url),
                "redis_url": SecretStr(redis_url),
                "jwt_secret": SecretStr(jwt_secret),
            }
        )


def settings_of_cluster() -> Settings:
    """Read the settings of a process in a cluster, where nothing may be embedded.

    Raises
    ------
    ValueError
        If one is missing that all processes must share.
    """
    settings = Settings()
    shared = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HORARIUM_JWT_SECRET": settings.jwt_secret,
    }
    if missing := [name for name, value in shared.items() if value is None]:
        raise ValueError(f"a cluster needs {', '.join(missing)}")
    return settings


def secret_of(settings: Settings) -> str:
    """Return the secret of tokens, generating and keeping one at first need."""
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    folder = settings.data_dir.expanduser()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "jwt-secret"
    with contextlib.suppress(FileExistsError):
        created = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(created, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
