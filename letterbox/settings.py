"""
What Letterbox reads from its environment, section by section.

``Settings`` is all sections together; it is built once a process, and passed down.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from letterbox.boards import discover
from letterbox.domain.durations import Duration
from letterbox.domain.errors import SettingsError
from letterbox.domain.region import RegionPolicy
from letterbox.setting_types import LogLevel, Port, Secrets, Url

PREFIX = "LETTERBOX_"


def sources(
    settings: type[BaseSettings],
    environment: PydanticBaseSettingsSource,
    dotenv: PydanticBaseSettingsSource,
) -> tuple[PydanticBaseSettingsSource, ...]:
    """
    Add secrets from files: ``NAME_FILE`` names a file that holds NAME.

    A blank variable counts as unset, but overrides its namesake in ``.env``.
    """
    if isinstance(dotenv, EnvSettingsSource):
        exported = {name.lower() for name in os.environ}
        dotenv.env_vars = {
            name: text for name, text in dotenv.env_vars.items() if name not in exported
        }
    return environment, _SecretFiles(settings, environment, dotenv), dotenv


def unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file cannot be read, without anything of its content."""
    return error.strerror or "" if isinstance(error, OSError) else "it is not UTF-8"


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads ``LETTERBOX_<NAME>_FILE`` for every setting that has such a variable."""

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        *environments: PydanticBaseSettingsSource,
    ) -> None:
        super().__init__(settings_cls)
        self._variables = {
            name: path
            for source in reversed(environments)
            if isinstance(source, EnvSettingsSource)
            for name, path in source.env_vars.items()
        }

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 the base's signature
        field_name: str,
    ) -> tuple[str | None, str, bool]:
        variable = f"{PREFIX}{field_name}_FILE"
        if not (path := self._variables.get(variable.lower())):
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{variable.upper()}: the file cannot be read ({unreadable(error)})"
            ) from None

    def __call__(self) -> dict[str, object]:
        secrets = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in secrets.items() if value is not None}


_MIB = 1024 * 1024


class _Section(BaseSettings):
    """Part of the settings: each variable is ``LETTERBOX_`` and the field's name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        # Editors of Windows write a byte order mark.
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 the base's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read secrets from files too; arguments take precedence over all."""
        environment = sources(settings_cls, env_settings, dotenv_settings)
        return init_settings, *environment


class StoreSettings(_Section):
    """Where objects are kept: a folder, or a bucket of S3."""

    data: Path = Field(
        Path("var"), description="Folder of the default store and Temporal's file."
    )
    store: str = Field(
        "",
        description="file:FOLDER, s3://BUCKET or s3://BUCKET/PREFIX;"
        " file:<data>/store by default.",
    )
    s3_endpoint: Url = Field("", description="URL of the S3 server, with its scheme.")
    s3_access_key: SecretStr = Field(SecretStr(""), description="S3 access key.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="S3 secret key.")
    s3_region: str = Field("us-east-1", description="S3 region.")

    @field_validator("store")
    @classmethod
    def _known_store(cls, store: str) -> str:
        if store and not store.startswith(("file:", "s3://")):
            raise ValueError("must be file:FOLDER or s3://BUCKET")
        parts = store.removeprefix("s3://").strip("/").split("/")
        if store.startswith("s3://") and not {"", ".", ".."}.isdisjoint(parts[1:]):
            raise ValueError("must have no empty or dotted part in s3://BUCKET/PREFIX")
        return store

    @property
    def store_url(self) -> str:
        """Where objects lie, the default filled in."""
        return self.store or f"file:{self.data / 'store'}"

    @property
    def store_name(self) -> str:
        """Where objects lie, and on which server: for logs."""
        url, _, rest = self.s3_endpoint.partition("://")
        server = f" at {url}://{rest.rpartition('@')[2]}" if rest else ""
        is_bucket = self.store_url.startswith("s3://")
        return self.store_url + (server if is_bucket else "")


class WorkerSettings(_Section):
    """The workers: their task queue, their load, and their schedules."""

    task_queue: str = Field("letterbox", description="Task queue of the workers.")
    sweep_every: Duration = Field(
        timedelta(seconds=60),
        ge=timedelta(seconds=1),
        description="How often what lies in the inbox is started.",
    )
    audit_every: Duration = Field(
        timedelta(days=1), description="How often all of it is audited; 0 is off."
    )
    worker_metrics: str = Field(
        "", description="host:port where a worker serves its metrics; off by default."
    )
    worker_concurrency: int = Field(
        16, ge=1, description="Workflow tasks, and steps of each kind, at a time."
    )
    worker_pollers: int = Field(
        5, ge=2, description="Calls that wait for work at Temporal, of each kind."
    )
    board_calls_per_second: float = Field(
        50, gt=0, description="Calls to boards and others, of all workers together."
    )
    deployment_name: str = Field(
        "",
        validation_alias="TEMPORAL_DEPLOYMENT_NAME",
        description="Worker Deployment that this worker belongs to; none: unversioned.",
    )
    build_id: str = Field(
        "",
        validation_alias="TEMPORAL_WORKER_BUILD_ID",
        description="Its version: the build of this code.",
    )


class LogSettings(_Section):
    """What is logged by API and workers."""

    log_level: Annotated[LogLevel, BeforeValidator(str.lower)] = Field(
        LogLevel.INFO,
        description="The least that is logged: debug, info, warning or error.",
    )


class ApiSettings(_Section):
    """The HTTP server, and the operators' access to it."""

    api_host: str = Field("127.0.0.1", description="Address the API binds to.")
    api_port: Port = Field(8000, description="Port of the API.")
    max_body_bytes: int = Field(
        15 * _MIB, gt=0, description="Largest request body that is taken."
    )
    operator_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer tokens of the operator API, comma-separated; none: off.",
    )

    @property
    def operator_tokens(self) -> list[bytes]:
        """All bearer tokens that open the operator API; the first seals cursors."""
        parts = self.operator_token.get_secret_value().split(",")
        return [part.strip().encode() for part in parts if part.strip()]


if TYPE_CHECKING:
    # A board's own settings are typed where the board reads them.
    _OwnSettings = _Section
else:

    class _OwnSettings(*(board.settings for board in discover().values()), _Section):
        """What the boards that there are need."""


class BoardSettings(_OwnSettings):
    """What each board needs, and what is true of every board."""

    max_document_bytes: int = Field(
        25 * _MIB, gt=0, description="Largest document that is fetched from a board."
    )


class PositionSettings(_Section):
    """The feed that the catalogue of positions is imported from."""

    position_feed: str = Field(
        "", description="File or URL that positions are imported from; none: by hand."
    )
    position_hirer: str = Field(
        "", description="Whose the feed's positions are that name no hirer."
    )
    position_import_every: Duration = Field(
        timedelta(hours=1),
        ge=timedelta(minutes=1),
        description="How often the feed is imported.",
    )

    @field_validator("position_feed")
    @classmethod
    def _file_or_web(cls, feed: str) -> str:
        if "://" in feed and not feed.startswith(("http://", "https://")):
            raise ValueError("must be a file, or a URL with http:// or https://")
        return feed


class RetentionSettings(_Section):
    """How long applications and archives are kept."""

    retention: Duration = Field(
        timedelta(days=180),
        gt=timedelta(0),
        le=timedelta(days=36500),
        description="How long a board keeps an application.",
    )
    archive_margin: Duration = Field(
        timedelta(days=14), description="How long before that it is archived."
    )
    archive_keep: Duration | None = Field(
        None,
        description="How long archives are kept, by their records' own dates; "
        "for ever by default.",
    )


class CandidateSettings(_Section):
    """What is done about a candidate: digests, scans and the region."""

    digest_key: Secrets = Field(
        (), description="Keys of the candidates' digests: first writes, all find."
    )
    clamd: str = Field(
        "", description="host:port or socket path of a clamd; none: not scanned."
    )
    region_policy: RegionPolicy = Field(
        RegionPolicy.ACCEPT,
        description="A candidate surely elsewhere: accept, flag or refuse.",
    )
    geoip_database: Path | None = Field(
        None, description="MaxMind DB (.mmdb) with countries; none: unknown."
    )


class AtsSettings(_Section):
    """The delivery of events to the ATS."""

    delivery_url: Url = Field(
        "", description="Where the ATS takes events, as Standard Webhooks; none: off."
    )
    delivery_secret: Secrets = Field(
        (), description="Secrets that sign them (whsec_…), the new one first."
    )


class UpSettings(_Section):
    """`letterbox up` only: the ports of what it starts."""

    temporal_port: Port = Field(7233, description="`up`: port of Temporal.")
    ui_port: Port = Field(8233, description="`up`: port of Temporal's UI.")
    sandbox_port: Port = Field(8001, description="`up`: port of the SEEK sandbox.")


class Settings(
    UpSettings,
    AtsSettings,
    CandidateSettings,
    RetentionSettings,
    PositionSettings,
    BoardSettings,
    ApiSettings,
    LogSettings,
    WorkerSettings,
    StoreSettings,
):
    """All settings, read from the environment and ``.env``."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.archive_margin > self.retention:
            raise ValueError(f"{PREFIX}ARCHIVE_MARGIN is longer than the retention")
        if self.delivery_url and not self.delivery_secret:
            raise ValueError(f"{PREFIX}DELIVERY_SECRET is needed for a delivery URL")
        if bool(self.deployment_name) != bool(self.build_id):
            raise ValueError(
                "TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID go together"
            )
        if self.store.startswith("s3://") and not self.s3_endpoint:
            raise ValueError(f"{PREFIX}S3_ENDPOINT is needed for an s3:// store")
        return self

    def secrets_of(self, board: str) -> list[bytes]:
        """Return a board's signing secrets; without one the board is off."""
        known = discover().get(board)
        secrets = known.secrets(self) if known else ()
        return [secret.get_secret_value().encode() for secret in secrets]


def load_settings() -> Settings:
    """Read the environment; raises SettingsError, which names the wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsError(message) from None
        raise SettingsError(
            f"{PREFIX}{first['loc'][0]}".upper() + f": {message}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read ({unreadable(error)})") from None
